/** `npm run kafka:down`: stops the broker of `npm run kafka:up`; what it stored stays. */
import { stopRunning } from '../broker.mjs';
import { folder } from './folder.mjs';

process.stdout.write((await stopRunning(folder)) ? 'stopped\n' : 'no broker was running\n');
