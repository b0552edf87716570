/** `node run.mjs <built script> [arguments]`: installs and builds when needed, then runs it here. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, install, refuse, root } from './prepare.mjs';

const script = process.argv[2];
if (!script) refuse('Say which built script to run, such as e2e/dist/journeys/tour.js.');
install();
build();
process.argv.splice(1, 2, resolve(root, script));
await import(pathToFileURL(resolve(root, script)).href);
