/** `npm test [-- jest arguments]`: builds first, because the end-to-end specs start the built product; TSUNAGU_TEST_REPORT names a file for jest's JSON. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, install, root } from './prepare.mjs';

install();
build();
const report = process.env.TSUNAGU_TEST_REPORT;
const parameters = [...(report ? ['--json', `--outputFile=${report}`] : []), ...process.argv.slice(2)];
const jest = spawn(
  process.execPath,
  [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), '--config', join(root, 'jest.config.mjs'), ...parameters],
  {
    cwd: root,
    // With --json, jest's own standard output is the report; what people read goes to standard error.
    stdio: ['inherit', report ? 'ignore' : 'inherit', 'inherit'],
  },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => jest.kill(signal));
jest.once('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
