import type { Broker, BrokerOptions } from '../../kafka/broker.mjs';
import type { Cluster, ClusterOptions } from '../postgres/cluster.mjs';

/** As modules of the new kind they are loaded when first needed. */
export const startCluster = async (options: ClusterOptions): Promise<Cluster> =>
  (await import('../postgres/cluster.mjs')).startCluster(options);

export const startBroker = async (options: BrokerOptions): Promise<Broker> =>
  (await import('../../kafka/broker.mjs')).startBroker(options);

/** Why no broker can be started here, or nothing. */
export const whyNoBroker = async (): Promise<string | undefined> => (await import('../../kafka/broker.mjs')).whyNot();
