import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Balancer,
  balance,
  type Configurations,
  type Process,
  services,
  startProcess,
  writePrivately,
} from '@tsunagu/local';
import type { ServiceConfig } from '@tsunagu/platform';
import type { Listener } from './engines';
import type { Far, Lines } from './lines';
import { Part } from './part';

export type Service = (typeof services)[number];
export type Name = Service['name'];
/** Of the broker: one for each instance, by the instance's name. */
export type Ports = Readonly<Record<Name | 'console' | 'postgres' | 'identity' | Instance, number>>;
type Instance = `${Name}-${number}`;

export interface FleetOptions {
  readonly instances: number;
  readonly direct: boolean;
  readonly environment: (instance: string) => NodeJS.ProcessEnv;
  /** What an instance is told, where it is not what the installation says. */
  readonly configure: (config: ServiceConfig) => ServiceConfig;
}

/** A broker lets a silent member go after this; brokers allow no less. */
const SESSION_MS = 6_000;
/** A dozen processes start at once. */
const START_MS = 240_000;
/** Characters. */
const LOG_END = 1_000;
/** Of the database: that way has no line that could be cut. */
const SOCKET = /\?host=[^"]*/g;
const LOOPBACK = /127\.0\.0\.1:(\d+)/g;

/** Every process of ours: the instances of each service and of the console, and the identity provider. */
export class Fleet {
  /** The ways into the broker that the instances need. */
  readonly listeners: Listener[] = [];
  readonly identity: Part<Process>;
  private readonly instances = new Map<Name | 'console', readonly Part<Process>[]>();
  private readonly balancers: Balancer[] = [];

  constructor(
    private readonly data: string,
    private readonly configurations: Configurations,
    private readonly ports: Ports,
    private readonly lines: Lines,
    private readonly options: FleetOptions,
  ) {
    mkdirSync(join(data, 'logs'), { recursive: true });
    this.identity = this.part('identity', 'identity', join(data, 'services', 'identity.json'));
  }

  of(name: Name | 'console'): readonly Part<Process>[] {
    return this.instances.get(name) ?? [];
  }

  all(): readonly Part<Process>[] {
    return [...[...this.instances.values()].flat(), this.identity];
  }

  /** Puts down the configurations and the ways; nothing runs yet. */
  async prepare(): Promise<void> {
    for (const service of services) {
      const parts: Part<Process>[] = [];
      for (const instance of instancesOf(service.name, this.options.instances))
        parts.push(await this.instance(service, instance));
      await this.offer(service.name, this.ports[service.name], parts);
    }
    const consoles = instancesOf('console', this.options.instances).map((instance) => {
      const config = this.configurations.console();
      const file = join(this.data, 'services', `${instance}.json`);
      writePrivately(file, this.isAlone ? config : { ...config, port: 0 });
      return this.part(instance, 'console', file);
    });
    await this.offer('console', this.ports.console, consoles);
  }

  /** Settles when all have started or failed: whoever then stops them overlooks none. */
  async start(): Promise<void> {
    const started = await Promise.allSettled(this.all().map((part) => part.start()));
    for (const one of started) if (one.status === 'rejected') throw one.reason;
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.all().map((part) => part.stop()));
    await Promise.allSettled(this.balancers.map(({ close }) => close()));
  }

  /** A single instance that nothing can be cut from listens on the service's own address. */
  private get isAlone(): boolean {
    return this.options.direct && this.options.instances === 1;
  }

  private async offer(name: Name | 'console', port: number, parts: readonly Part<Process>[]): Promise<void> {
    this.instances.set(name, parts);
    if (!this.isAlone) this.balancers.push(await balance({ port, targets: () => portsOf(parts) }));
  }

  private async instance(service: Service, instance: Instance): Promise<Part<Process>> {
    const config = this.options.configure(this.configurations.of(service));
    const own: ServiceConfig = {
      ...config,
      ...(this.isAlone ? {} : { port: 0 }),
      ...(config.kafka ? { kafka: { ...config.kafka, sessionTimeoutMs: SESSION_MS } } : {}),
    };
    const file = join(this.data, 'services', `${instance}.json`);
    writePrivately(file, this.options.direct ? own : await this.wired(own, instance));
    return this.part(instance, service.name, file);
  }

  private part(instance: string, name: Name | 'console' | 'identity', file: string): Part<Process> {
    const environment = this.options.environment(instance);
    const path = join(this.data, 'logs', `${instance}.log`);
    const log = openSync(path, 'a');
    return new Part(instance, () =>
      startProcess(name, file, { environment, log, withinMs: START_MS }).catch((error: unknown) => {
        throw new Error(`${String(error)}; its log ends:\n${readFileSync(path, 'utf8').slice(-LOG_END)}`);
      }),
    );
  }

  /** The same configuration, with a line of this instance's own to whatever it names. */
  private async wired(config: ServiceConfig, instance: Instance): Promise<ServiceConfig> {
    const text = JSON.stringify({ ...config, kafka: undefined }).replace(SOCKET, '');
    const lines = new Map<string, number>();
    for (const port of new Set([...text.matchAll(LOOPBACK)].map(([, found]) => Number(found)))) {
      lines.set(String(port), await this.lineTo(port, instance));
    }
    const rewired = text.replace(LOOPBACK, (_, port: string) => `127.0.0.1:${lines.get(port) ?? port}`);
    const listener = { name: instance.replace(/\W/g, '_').toUpperCase(), port: this.ports[instance] ?? 0 };
    const advertised = await this.lines.lay(instance, 'broker', () => [listener.port]);
    this.listeners.push({ ...listener, advertised });
    return {
      ...(JSON.parse(rewired) as ServiceConfig),
      kafka: { ...config.kafka, brokers: [`127.0.0.1:${advertised}`] },
    };
  }

  private lineTo(port: number, instance: string): Promise<number> {
    const to = Object.entries(this.ports).find(([, known]) => known === port)?.[0] as Far | undefined;
    if (to === undefined) throw new Error(`${instance} is told of a port ${port} that nobody has`);
    const service = services.find(({ name }) => name === to);
    return this.lines.lay(instance, to, () => (service ? portsOf(this.of(service.name)) : [port]));
  }
}

/** `intake-1`, `intake-2`, … */
export const instancesOf = <Of extends Name | 'console'>(name: Of, instances: number): readonly `${Of}-${number}`[] =>
  Array.from({ length: instances }, (_, n) => `${name}-${n + 1}` as const);

const portsOf = (parts: readonly Part<Process>[]): readonly number[] =>
  parts.flatMap(({ now }) => (now ? [Number(new URL(now.url).port)] : []));
