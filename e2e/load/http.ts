import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { baselineTarget, productTarget, type Target, throughput, type Throughput } from './commands';
import { median, quantile } from './measure';
import { type BenchPostgres } from './postgres';
import { type Product, removeData, startProduct, temporaryData } from '../support/product';
import { memoryOf } from './memory';
import { atLeast, atMost, type Section } from './report';
import { type Scale } from './scale';
import { figuresOf, visibility } from './visibility';

const BASELINES = {
  rawInsert: 'bare Fastify + raw INSERT',
  bareHandle: 'bare Fastify + group append',
  emmettHandle: 'bare Fastify + emmett handler',
  inline: 'bare Fastify + inline projection',
} as const;

interface Baseline {
  readonly target: Target;
  stop(): void;
}

async function startBaseline(kind: keyof typeof BASELINES, url: string): Promise<Baseline> {
  const child: ChildProcess = fork(join(__dirname, 'baseline-server.js'), [kind, url]);
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (told) => resolve(Number(told)));
    child.once('exit', (code) => reject(new Error(`baseline ${kind} ended with ${code}`)));
  });
  return { target: baselineTarget(BASELINES[kind], port), stop: () => child.kill() };
}

async function targetOf(product: Product): Promise<Target> {
  const token = await product.token('mei');
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${product.url}/api/referral/organisations`, { headers });
  const { items = [] } = (await answer.json()) as { items?: readonly { id: string }[] };
  const [organisation] = items;
  if (!organisation) throw new Error(`the town's directory is empty (${answer.status}): nothing to send commands to`);
  return productTarget(product.url, token, organisation.id);
}

export async function* httpSections(postgres: BenchPostgres, scale: Scale): AsyncGenerator<Section> {
  const data = await temporaryData();
  const fresh = await startProduct({ data, as: 'npm start' });
  await fresh.stop();
  const product = await startProduct({ data, as: 'npm start' });
  const baselines: Baseline[] = [];
  try {
    yield startSection(fresh, product);
    for (const kind of ['rawInsert', 'bareHandle', 'emmettHandle', 'inline'] as const) {
      baselines.push(await startBaseline(kind, await postgres.database()));
    }
    const ours = await targetOf(product);
    const [inline] = baselines.splice(3, 1);
    yield await throughputSection([...baselines.map(({ target }) => target), ours], scale);
    if (inline) {
      baselines.push(inline);
      yield await visibilitySection(ours, inline.target, scale);
    }
  } finally {
    baselines.forEach((one) => one.stop());
    await product.stop();
    await removeData(data);
  }
}

function startSection(fresh: Product, warm: Product): Section {
  const memory = memoryOf(warm.process.pid);
  const figures = { 'fresh data s': fresh.startedInMs / 1000, 'warm s': warm.startedInMs / 1000 };
  return {
    title: 'npm start, built before',
    lines: [{ name: 'tsunagu', figures: { ...figures, ...(memory !== undefined && { 'idle MB': memory }) } }],
    goals: [
      atMost('warm, s', warm.startedInMs / 1000, 5),
      atMost('fresh data, s', fresh.startedInMs / 1000, 15),
      ...(memory === undefined ? [] : [atMost('idle memory with PostgreSQL, MB', memory, 350)]),
    ],
  };
}

async function throughputSection(targets: readonly Target[], { rounds, ms }: Scale): Promise<Section> {
  const taken = new Map<string, Throughput[]>(targets.map(({ name }) => [name, []]));
  for (const target of targets) await throughput(target, 1);
  for (let round = 0; round < rounds; round += 1) {
    for (const target of targets) taken.get(target.name)?.push(await throughput(target, Math.max(1, ms / 500)));
  }
  const rate = (name: string): number => median((taken.get(name) ?? []).map(({ perSecond }) => perSecond));
  const ours = rate('tsunagu');
  return {
    title: 'HTTP command (load, decide, append), 32 connections',
    notes: [
      'tsunagu: the running product through its one origin, with authentication and validation, projecting and publishing',
    ],
    lines: [...taken].map(([name, samples]) => ({
      name,
      figures: {
        'commands/s': rate(name),
        'p50 ms': median(samples.map(({ p50 }) => p50)),
        'p99 ms': median(samples.map(({ p99 }) => p99)),
        refused: samples.reduce((sum, { refused }) => sum + refused, 0),
      },
    })),
    goals: [
      atLeast('× Emmett handler on bare Fastify', ours / rate(BASELINES.emmettHandle), 3),
      atLeast('× bare Fastify + group append', ours / rate(BASELINES.bareHandle), 0.8),
    ],
  };
}

async function visibilitySection(ours: Target, inline: Target, scale: Scale): Promise<Section> {
  const lines: Section['lines'][number][] = [];
  const goals: Section['goals'][number][] = [];
  for (const [perSecond, most] of [
    [200, 1.5],
    [1000, 2],
  ] as const) {
    const seconds = Math.max(1, (scale.rounds * scale.ms) / 1000);
    const baseline = await visibility(inline, perSecond, seconds);
    const product = await visibility(ours, perSecond, seconds);
    lines.push({ name: `${perSecond}/s, ${inline.name}`, figures: figuresOf(baseline) });
    lines.push({ name: `${perSecond}/s, tsunagu`, figures: figuresOf(product) });
    const ratio = quantile(product.visible, 0.5) / quantile(baseline.visible, 0.5);
    goals.push(atMost(`visible at ${perSecond}/s, p50 × inline projection`, ratio, most));
    if (perSecond === 200) goals.push(atMost('visible at 200/s, p99 ms', quantile(product.visible, 0.99), 10));
  }
  return {
    title: 'HTTP command → durable (201) → visible in the read model',
    notes: [
      'visible: the command, then a query with minRevision, both over HTTP; failed ones are not in the quantiles',
    ],
    lines,
    goals,
  };
}
