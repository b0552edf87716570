/** `npm start`. Runs in this very process, so that a signal has one receiver. */
import { build, install } from './prepare.mjs';

install();
build('local');
await import('../dist/main.js');
