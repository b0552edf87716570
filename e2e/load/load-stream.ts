import { type Engines } from './engines';
import { streamNumber } from './grown-log';
import { type Contestant, interleaved } from './measure';
import { atLeast, type Section } from './report';
import { STREAM_LENGTH } from './sample-events';
import { type Scale } from './scale';

const CALLERS = 8;

const streamsOf = (events: number): (() => `${string}-${string}`) => {
  const streams = Math.floor(events / STREAM_LENGTH);
  let next = 0;
  return () => streamNumber((next = (next + 7919) % streams));
};

function contestants({ store, raw, emmett }: Engines, scale: Scale): Contestant[] {
  const [anyStream, anyEmmettStream] = [streamsOf(scale.events), streamsOf(scale.emmettEvents)];
  const all = 'SELECT * FROM log.events WHERE stream = $1 ORDER BY revision';
  return [
    { name: 'raw SELECT *', work: () => raw.pool.query({ name: 'load', text: all, values: [anyStream()] }) },
    { name: 'tsunagu', work: () => store.load(anyStream()) },
    { name: 'emmett', work: () => emmett.store.readStream(anyEmmettStream()) },
  ];
}

/** Beside the plain prepared SELECT of whole rows from the same table. */
export async function loadSection(engines: Engines, scale: Scale): Promise<Section> {
  const samples = await interleaved(contestants(engines, scale), { callers: CALLERS, ...scale });
  const rate = (name: string): number => samples.get(name)?.perSecond ?? Number.NaN;
  return {
    title: `Load a stream of ${STREAM_LENGTH}, ${CALLERS} callers`,
    lines: [...samples].map(([name, { perSecond, p99, cpuMicros }]) => ({
      name,
      figures: { 'loads/s': perSecond, 'p99 ms': p99, 'CPU µs each': cpuMicros },
    })),
    goals: [atLeast('× raw SELECT *', rate('tsunagu') / rate('raw SELECT *'), 1.3)],
  };
}
