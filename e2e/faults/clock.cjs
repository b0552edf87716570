/**
 * `node --require`: this process' clock goes by the offset (ms) in the file that TSUNAGU_FAULT_CLOCK names. As when a
 * system's clock is set, timers and performance.now() go on undisturbed.
 */
const { readFileSync } = require('node:fs');

const file = process.env.TSUNAGU_FAULT_CLOCK;
const RealDate = Date;
const LOOK_MS = 100;
let offset = 0;

const look = () => {
  try {
    offset = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    offset = 0;
  }
};
const now = () => RealDate.now() + offset;

if (file) {
  look();
  setInterval(look, LOOK_MS).unref();
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, parameters, made) =>
      Reflect.construct(
        target,
        parameters.length === 0 ? [now()] : parameters,
        made === globalThis.Date ? target : made,
      ),
    apply: () => new RealDate(now()).toString(),
    get: (target, property) => (property === 'now' ? now : Reflect.get(target, property)),
  });
}
