import type { Broker, BrokerOptions } from '../../kafka/broker.mjs';
import type { Cluster, ClusterOptions } from '../postgres/cluster.mjs';

/** As modules of the new kind they are loaded when first needed. */
export const startCluster = async (options: ClusterOptions): Promise<Cluster> =>
  (await import('../postgres/cluster.mjs')).startCluster(options);

export const startBroker = async (options: BrokerOptions): Promise<Broker> =>
  (await import('../../kafka/broker.mjs')).startBroker(options);

/** Sends lines (`key<TAB>value`) to a topic as they are. */
export const sendLines = async (brokers: string, topic: string, lines: readonly string[]): Promise<void> =>
  (await import('../../kafka/broker.mjs')).sendLines({ brokers, topic, lines });

/** Why no broker can be started here, or nothing. */
export const whyNoBroker = async (): Promise<string | undefined> => (await import('../../kafka/broker.mjs')).whyNot();
