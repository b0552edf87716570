import { type Engines } from './engines';
import { type Contestant, interleaved, type Sample } from './measure';
import { atLeast, atMost, type Goal, type Section } from './report';
import { StreamWriter } from './sample-events';
import { type Scale } from './scale';

type Append = (stream: `${string}-${string}`, revision: number, events: StreamEvents) => Promise<unknown>;
type StreamEvents = ReturnType<StreamWriter['take']>['events'];

function contestant(name: string, perCall: number, append: Append): Contestant {
  const writers = Array.from({ length: 32 }, () => new StreamWriter());
  return {
    name,
    work: async (caller) => {
      const taken = writers[caller]?.take(perCall);
      if (taken) await append(taken.stream, taken.revision, taken.events);
    },
  };
}

const contestants = ({ store, raw, emmett }: Engines, perCall: number): Contestant[] => [
  contestant('raw INSERT', perCall, raw.insert),
  contestant('tsunagu', perCall, (stream, revision, events) =>
    store.append(stream, revision === 0 ? 'no-stream' : revision - 1, events),
  ),
  contestant('emmett', perCall, emmett.append),
];

export async function appendSection(engines: Engines, perCall: 1 | 4, scale: Scale): Promise<Section> {
  const lines: Section['lines'][number][] = [];
  const goals: Goal[] = [];
  for (const callers of [1, 8, 32]) {
    const { rounds, ms } = scale;
    const samples = await interleaved(contestants(engines, perCall), { callers, rounds, ms });
    for (const [name, sample] of samples)
      lines.push({ name: `${callers} callers, ${name}`, figures: figuresOf(sample) });
    goals.push(...goalsOf(callers, perCall, samples));
  }
  return {
    title: `Append ${perCall === 1 ? 'one event' : 'four events'} (expected revision checked)`,
    notes: ['raw INSERT checks nothing and announces nothing; it writes the same table through 8 connections'],
    lines,
    goals,
  };
}

const figuresOf = ({ perSecond, p50, p99, cpuMicros }: Sample): Record<string, number> => ({
  'appends/s': perSecond,
  'p50 ms': p50,
  'p99 ms': p99,
  'CPU µs each': cpuMicros,
});

const GOALS: Readonly<Record<number, { readonly raw: number; readonly emmett: number }>> = {
  1: { raw: 0.9, emmett: 2.3 },
  8: { raw: 1.15, emmett: 4.5 },
  32: { raw: 2.4, emmett: 10 },
};

function goalsOf(callers: number, perCall: number, samples: ReadonlyMap<string, Sample>): Goal[] {
  const [raw, ours, peer] = ['raw INSERT', 'tsunagu', 'emmett'].map((name) => samples.get(name));
  const goal = GOALS[callers];
  if (!raw || !ours || !peer || !goal) return [];
  const ratio = ours.perSecond / raw.perSecond;
  if (perCall === 4) return callers === 32 ? [atLeast('4 events, 32 callers: × raw INSERT', ratio, 1.4)] : [];
  return [
    atLeast(`${callers} callers: × raw INSERT`, ratio, goal.raw),
    atLeast(`${callers} callers: × Emmett`, ours.perSecond / peer.perSecond, goal.emmett),
    ...(callers === 32
      ? [
          atMost('32 callers: p99 × raw INSERT', ours.p99 / raw.p99, 0.4),
          atMost('32 callers: CPU × raw INSERT', ours.cpuMicros / raw.cpuMicros, 0.3),
        ]
      : []),
  ];
}
