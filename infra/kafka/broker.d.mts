export interface Broker {
  /** `host:port` */
  readonly brokers: string;
  readonly pid: number;
  readonly gone: Promise<void>;
  stop(): Promise<void>;
}

export interface BrokerOptions {
  readonly folder: string;
  readonly port?: number;
  readonly detached?: boolean;
  readonly users?: readonly string[];
  /** Other ways in; each tells its clients to come to the port `advertised`. */
  readonly listeners?: readonly { readonly name: string; readonly port: number; readonly advertised: number }[];
}

export function startBroker(options: BrokerOptions): Promise<Broker>;
/** Sends lines (`key<TAB>value`) as they are; no contract is looked at. */
export function sendLines(to: {
  readonly brokers: string;
  readonly topic: string;
  readonly lines: readonly string[];
}): Promise<void>;
/** Why no broker can be started here, or nothing. */
export function whyNot(): string | undefined;
