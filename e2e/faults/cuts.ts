import type { Cut } from '../support/line';
import type { Far } from '../support/lines';
import type { Name } from '../support/fleet';
import type { Fault } from './fault';
import type { Scene } from './scene';

/** Longer than a broker waits for a sign of life, and than a service waits for another's answer. */
const CUT_MS = 9_000;

async function cut(scene: Scene, from: string, to: Far, how: Cut): Promise<void> {
  const { lines } = scene.estate;
  lines.cut(from, to, how);
  await scene.hold(CUT_MS);
  lines.mend(from, to);
}

/** Those that publish or consume. */
const ON_THE_BUS: readonly Name[] = ['intake', 'consent', 'referral', 'follow-up', 'journey', 'analytics'];
const CALLS = [
  ['referral', 'consent'],
  ['referral', 'intake'],
  ['follow-up', 'intake'],
  ['consent', 'intake'],
] as const;

const kinds: readonly { readonly how: Cut; readonly words: string }[] = [
  { how: 'refused', words: 'connections refused' },
  { how: 'silent', words: 'packets vanish' },
];

const between = ({ how, words }: (typeof kinds)[number]): readonly Fault[] => [
  {
    name: `a service cut from the broker, ${words}`,
    inject: async (scene) => {
      const [service = 'intake'] = scene.random.shuffled(ON_THE_BUS);
      await cut(scene, service, 'broker', how);
      return 1;
    },
  },
  {
    name: `two services cut from each other, ${words}`,
    inject: async (scene) => {
      const [[from, to] = ['referral', 'consent'] as const] = scene.random.shuffled(CALLS);
      await cut(scene, from, to, how);
      return 1;
    },
  },
];

export const cuts: readonly Fault[] = [
  ...kinds.flatMap(between),
  {
    name: 'one instance of every service cut from PostgreSQL, packets vanish',
    inject: async (scene) => {
      const ones = ON_THE_BUS.map((service) => `${service}-${1 + scene.random.below(2)}`);
      await Promise.all(ones.map((one) => cut(scene, one, 'postgres', 'silent')));
      return ones.length;
    },
  },
];
