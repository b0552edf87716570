import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  type AclEntry,
  ConfigResourceTypes,
  ResourcePatternTypes,
} from 'kafkajs';
import { Connection, type KafkaConnectionOptions } from './connection';

export interface DeclaredTopic {
  readonly name: string;
  /** Fixed for ever when the topic is made, because the key decides the partition. */
  readonly partitions: number;
  /** -1: for ever. */
  readonly retentionDays: number;
}

/** What one service may do on the bus; its groups and their dead letters begin with its name and a hyphen. */
export interface DeclaredRights {
  readonly service: string;
  readonly publishes: readonly string[];
  readonly reads: readonly string[];
}

const DAY_MS = 86_400_000;

/** Makes the topics that are not there yet and gives every one its retention; running it again changes nothing. */
export async function declareTopics(
  options: KafkaConnectionOptions,
  topics: readonly DeclaredTopic[],
  replication?: { readonly factor: number; readonly minInSync: number },
): Promise<void> {
  await administer(options, async (connection) => {
    const minInSync = replication ? [{ name: 'min.insync.replicas', value: String(replication.minInSync) }] : [];
    const wanted = topics.map((topic) => ({
      topic: connection.named(topic.name),
      numPartitions: topic.partitions,
      replicationFactor: replication?.factor ?? -1,
      configEntries: [...settingsOf(topic), ...minInSync],
    }));
    await connection.makeTopics(wanted);
    const resources = wanted.map(({ topic, configEntries }) => ({
      type: ConfigResourceTypes.TOPIC,
      name: topic,
      configEntries,
    }));
    await (await connection.admin()).alterConfigs({ validateOnly: false, resources });
  });
}

/** `replay(group, from)` goes by the time at which the broker had the event. */
const settingsOf = ({ retentionDays }: DeclaredTopic) => [
  { name: 'retention.ms', value: String(retentionDays < 0 ? -1 : retentionDays * DAY_MS) },
  { name: 'message.timestamp.type', value: 'LogAppendTime' },
];

/** Gives every service exactly what it needs, as the principal `User:<service>`. Needs a broker with an authorizer. */
export async function grantRights(options: KafkaConnectionOptions, rights: readonly DeclaredRights[]): Promise<void> {
  await administer(options, async (connection) => {
    const admin = await connection.admin();
    await admin.createAcls({ acl: rights.flatMap((right) => entriesOf(right, (name) => connection.named(name))) });
  });
}

function entriesOf({ service, publishes, reads }: DeclaredRights, named: (name: string) => string): AclEntry[] {
  const { READ, WRITE, DESCRIBE, CREATE, DELETE } = AclOperationTypes;
  const { TOPIC, GROUP } = AclResourceTypes;
  const { LITERAL, PREFIXED } = ResourcePatternTypes;
  const entry = (
    resourceType: AclResourceTypes,
    resourcePatternType: ResourcePatternTypes,
    name: string,
    operation: AclOperationTypes,
  ): AclEntry => ({
    principal: `User:${service}`,
    host: '*',
    permissionType: AclPermissionTypes.ALLOW,
    resourceType,
    resourceName: named(name),
    resourcePatternType,
    operation,
  });
  const own = `${service}-`;
  return [
    ...publishes.flatMap((topic) => [WRITE, DESCRIBE].map((may) => entry(TOPIC, LITERAL, topic, may))),
    ...reads.flatMap((topic) => [READ, DESCRIBE].map((may) => entry(TOPIC, LITERAL, topic, may))),
    ...[READ, WRITE, DESCRIBE, CREATE].map((may) => entry(TOPIC, PREFIXED, own, may)),
    ...[READ, DESCRIBE, DELETE].map((may) => entry(GROUP, PREFIXED, own, may)),
  ];
}

async function administer(
  options: KafkaConnectionOptions,
  work: (connection: Connection) => Promise<void>,
): Promise<void> {
  const connection = new Connection(options);
  try {
    await work(connection);
  } finally {
    await connection.close();
  }
}
