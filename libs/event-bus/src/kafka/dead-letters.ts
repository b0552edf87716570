import { randomUUID } from 'node:crypto';
import { type CloudEvent, cloudEvent } from '@tsunagu/contracts';
import type { DeadLetter } from '../port';
import type { Connection } from './connection';
import { readThrough } from './reading';

/** Where an event stands: in a topic's partition, at an offset. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

export interface Letter extends Place {
  readonly group: string;
  readonly event: CloudEvent;
  readonly reason: string;
  readonly attempts: number;
  readonly failedAt: string;
  readonly redrivenAt?: string;
}

/** What is no event might say anything about anybody: the letter then holds only its place. */
export const NOT_AN_EVENT = 'not-a-cloudevent';

const SUFFIX = '.dead-letters';

/** The same however often the same event is set aside for the same group. */
const idOf = ({ group, topic, partition, offset }: Place & { group: string }): string =>
  `${group}/${topic}/${partition}/${offset}`;

/**
 * One compacted topic per group. A letter is the latest value of its key; a tombstone ends it. It stands in the partition
 * that its event came from, so that the group's member for that partition, which reads this topic too, handles it again.
 */
export class DeadLetters {
  /** The letters of each group as last read, and where its topic ended then: until that moves, they are these. */
  private readonly known = new Map<string, { readonly ends: string; readonly letters: readonly Letter[] }>();

  constructor(private readonly connection: Connection) {}

  topicOf(group: string): string {
    return this.connection.named(group + SUFFIX);
  }

  async prepare(group: string, partitions: number): Promise<void> {
    const configEntries = [{ name: 'cleanup.policy', value: 'compact' }];
    await this.connection.makeTopics([
      { topic: this.topicOf(group), numPartitions: partitions, replicationFactor: -1, configEntries },
    ]);
  }

  async write(letter: Letter): Promise<void> {
    await this.send(letter, JSON.stringify(letter));
  }

  async bury(letter: Letter): Promise<void> {
    await this.send(letter, null);
  }

  async redrive(id: string): Promise<void> {
    const group = id.split('/')[0] ?? '';
    const letter = (await this.of(group)).find((one) => idOf(one) === id);
    if (!letter) throw new Error('there is no such dead letter');
    await this.write({ ...letter, redrivenAt: new Date().toISOString() });
  }

  /** What waits for somebody to look at it. */
  async list(group: string | undefined): Promise<readonly DeadLetter[]> {
    const groups = group === undefined ? await this.groups() : [group];
    const letters = (await Promise.all(groups.map((one) => this.of(one)))).flat();
    return letters
      .filter(({ redrivenAt }) => redrivenAt === undefined)
      .sort((one, other) => one.failedAt.localeCompare(other.failedAt))
      .map((letter) => {
        const { topic, event, reason, attempts, failedAt } = letter;
        return { id: idOf(letter), group: letter.group, topic, event, reason, attempts, failedAt };
      });
  }

  /** Every letter of the group that was not handled since, redriven or not. Reads to what is the end of its topic now. */
  async of(group: string): Promise<readonly Letter[]> {
    const topic = this.topicOf(group);
    const names = await this.connection.ask((admin) => admin.listTopics());
    if (!names.includes(topic)) return [];
    const ends = JSON.stringify(await this.connection.ask((admin) => admin.fetchTopicOffsets(topic)));
    const known = this.known.get(group);
    if (known?.ends === ends) return known.letters;
    const letters = new Map<string, Letter>();
    // Under a name that the group's service may use.
    await readThrough(this.connection, `${group}${SUFFIX}`, [topic], async (_, messages) => {
      for (const { key, value } of messages) {
        const letter = letterIn(value);
        if (letter) letters.set(String(key), letter);
        else letters.delete(String(key));
      }
    });
    this.known.set(group, { ends, letters: [...letters.values()] });
    return [...letters.values()];
  }

  private async send(letter: Letter, value: string | null): Promise<void> {
    const message = { key: idOf(letter), value, partition: letter.partition };
    await this.connection.send([{ topic: this.topicOf(letter.group), messages: [message] }]);
  }

  private async groups(): Promise<readonly string[]> {
    const names = await this.connection.ask((admin) => admin.listTopics());
    return names
      .filter((name) => name.endsWith(SUFFIX) && this.connection.isOurs(name))
      .map((name) => this.connection.plain(name).slice(0, -SUFFIX.length));
  }
}

/** The letter that a message of this topic carries; nothing for a tombstone. Only this class writes there. */
export const letterIn = (value: Buffer | null): Letter | undefined =>
  value === null ? undefined : (JSON.parse(value.toString()) as Letter);

/** A tolerant reader: unknown attributes and types are the handler's to ignore, but it must be an event. */
export function eventIn(value: Buffer | null): CloudEvent | undefined {
  try {
    const read: unknown = JSON.parse(String(value));
    return cloudEvent.safeParse(read).success ? (read as CloudEvent) : undefined;
  } catch {
    return undefined;
  }
}

/** Stands for what was no event. */
export function standIn({ topic, partition, offset }: Place): CloudEvent {
  const now = new Date().toISOString();
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: '/tsunagu/bus',
    type: 'tsunagu.bus.unreadable.v1',
    subject: `${topic}/${partition}/${offset}`,
    time: now,
    datacontenttype: 'application/json',
    partitionkey: `${partition}`,
    correlationid: offset,
    causationid: offset,
    occurredat: now,
    actoruser: 'bus',
    actorrole: 'service',
    revision: 0,
    data: {},
  };
}
