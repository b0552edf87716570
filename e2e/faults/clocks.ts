import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/product';
import type { Fault } from './fault';

const HOURS_MS = 5 * 3_600_000;
const STEPPED_MS = 8_000;

const fileOf = (instance: string): string => join(tmpdir(), `tsunagu-clock-${process.pid}-${instance}`);

/** What an instance needs so that its clock can be set. */
export const clockEnvironment = (instance: string): NodeJS.ProcessEnv => ({
  NODE_OPTIONS: `--require=${join(ROOT, 'e2e', 'faults', 'clock.cjs')}`,
  TSUNAGU_FAULT_CLOCK: fileOf(instance),
});

const set = (instances: readonly string[], offsetMs: number): void =>
  instances.forEach((instance) => writeFileSync(fileOf(instance), String(offsetMs)));

const STEPPED = ['intake', 'consent', 'referral', 'follow-up', 'journey', 'analytics'];

export const clocks: Fault = {
  name: 'clock of one instance of every service steps 5 h ahead, then 5 h back',
  inject: async (scene) => {
    const ones = STEPPED.map((service) => `${service}-${1 + scene.random.below(2)}`);
    scene.tally.clocksDiffer = true;
    for (const offset of [HOURS_MS, -HOURS_MS, 0]) {
      set(ones, offset);
      await scene.hold(STEPPED_MS);
    }
    scene.tally.clocksDiffer = false;
    return ones.length * 2;
  },
};
