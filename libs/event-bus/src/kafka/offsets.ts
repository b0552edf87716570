import { type Admin, AssignerProtocol } from 'kafkajs';
import type { Connection } from './connection';
import type { DeadLetters } from './dead-letters';

type Offsets = ReadonlyMap<number, bigint>;

/** The places of the groups, as the brokers keep them. */
export class GroupOffsets {
  constructor(
    private readonly connection: Connection,
    private readonly letters: DeadLetters,
  ) {}

  /** Messages between the group's places and the ends of its topics; where it has no place yet, all that are there. */
  async lag(group: string, known: readonly string[]): Promise<number> {
    const groupId = this.connection.named(group);
    const [committed, subscribed] = await Promise.all([this.committed(groupId), this.subscribed(groupId)]);
    const topics = new Set([...known, ...committed.keys(), ...subscribed.topics]);
    const behind = await Promise.all(
      [...topics].map((topic) => this.connection.ask((admin) => behindIn(admin, topic, committed.get(topic)))),
    );
    return behind.reduce((sum, one) => sum + one, 0);
  }

  /** @throws Error when an instance of the group is running */
  async replay(group: string, from: Date | undefined): Promise<void> {
    const groupId = this.connection.named(group);
    const { isRunning } = await this.subscribed(groupId);
    if (isRunning) throw new Error(`the group ${group} is running: stop it before a replay`);
    const topics = [...(await this.committed(groupId)).keys()].filter((topic) => topic !== this.letters.topicOf(group));
    if (topics.length === 0) return;
    const starts = new Map<string, Offsets>();
    for (const topic of topics) starts.set(topic, await this.startsOf(topic, from));
    await this.moveTo(group, starts);
    for (const letter of await this.letters.of(group)) {
      const start = starts.get(this.connection.named(letter.topic))?.get(letter.partition);
      if (start !== undefined && BigInt(letter.offset) >= start) await this.letters.bury(letter);
    }
  }

  private async committed(groupId: string): Promise<ReadonlyMap<string, Offsets>> {
    const topics = await this.connection.ask((admin) => admin.fetchOffsets({ groupId }));
    return new Map(
      topics.map(({ topic, partitions }) => [
        topic,
        new Map(partitions.map(({ partition, offset }) => [partition, BigInt(offset)])),
      ]),
    );
  }

  private async subscribed(groupId: string): Promise<{ isRunning: boolean; topics: readonly string[] }> {
    const { groups } = await this.connection.ask((admin) => admin.describeGroups([groupId]));
    const members = groups.flatMap((group) => group.members);
    const topics = members.flatMap(({ memberMetadata }) => {
      if (memberMetadata.length === 0) return [];
      return AssignerProtocol.MemberMetadata.decode(memberMetadata)?.topics ?? [];
    });
    return { isRunning: members.length > 0, topics };
  }

  private async startsOf(topic: string, from: Date | undefined): Promise<Offsets> {
    const { connection } = this;
    if (from === undefined) {
      const edges = await connection.ask((admin) => admin.fetchTopicOffsets(topic));
      return new Map(edges.map(({ partition, low }) => [partition, BigInt(low)]));
    }
    const offsets = await connection.ask((admin) => admin.fetchTopicOffsetsByTimestamp(topic, from.getTime()));
    return new Map(offsets.map(({ partition, offset }) => [partition, BigInt(offset)]));
  }

  /** Joins as the group's only member: whoever joins at the same time makes this fail, and cannot be overlooked. */
  private async moveTo(group: string, starts: ReadonlyMap<string, Offsets>): Promise<void> {
    const groupId = this.connection.named(group);
    const member = this.connection.kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
    let alone = false;
    member.on(member.events.GROUP_JOIN, ({ payload }) => {
      alone = [...starts].every(([topic, offsets]) => payload.memberAssignment[topic]?.length === offsets.size);
    });
    try {
      await member.connect();
      await member.subscribe({ topics: [...starts.keys()], fromBeginning: true });
      await member.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => undefined });
      if (!alone) throw new Error(`the group ${group} is running: stop it before a replay`);
      await member.commitOffsets(
        [...starts].flatMap(([topic, offsets]) =>
          [...offsets].map(([partition, offset]) => ({ topic, partition, offset: String(offset) })),
        ),
      );
    } finally {
      await member.disconnect();
    }
  }
}

async function behindIn(admin: Admin, topic: string, places: Offsets | undefined): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets.reduce((sum, { partition, low, high }) => {
    const place = places?.get(partition) ?? -1n;
    // What retention has deleted waits for nobody.
    const from = place > BigInt(low) ? place : BigInt(low);
    return sum + Math.max(0, Number(BigInt(high) - from));
  }, 0);
}
