import type { CloudEvent } from '@tsunagu/contracts';
import { type DeadLetter, NoSuchDeadLetter } from '../port';
import { isEvent } from '../unreadable';
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

const SUFFIX = '.dead-letters';

/** So many are kept in memory to be shown; when they were dealt with, the next come to light. */
const IN_MEMORY = 10_000;

/** The same however often the same event is set aside for the same group. */
const keyOf = ({ group, topic, partition, offset }: Place & { group: string }): string =>
  `${group}/${topic}/${partition}/${offset}`;

/** Nothing that an address would have to escape. */
const BETWEEN = '~';
const idOf = (letter: Letter): string => keyOf(letter).replaceAll('/', BETWEEN);

const shown = (letter: Letter): DeadLetter => {
  const { group, topic, event, reason, attempts, failedAt, redrivenAt } = letter;
  const put = redrivenAt === undefined ? {} : { redrivenAt };
  return { id: idOf(letter), group, topic, event, reason, attempts, failedAt, ...put };
};

/**
 * One compacted topic per group. A letter is the latest value of its key; a tombstone ends it. It stands in the partition
 * that its event came from, so that the group's member for that partition, which reads this topic too, handles it again.
 */
export class DeadLetters {
  /** The letters of each group as last read, or being read, and where its topic ended then: until that moves, they are these. */
  private readonly known = new Map<string, { readonly ends: string; readonly letters: Promise<readonly Letter[]> }>();

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
    const letter = await this.withId(id);
    if (!letter) throw new NoSuchDeadLetter();
    if (letter.redrivenAt === undefined) await this.write({ ...letter, redrivenAt: new Date().toISOString() });
  }

  /** What waits for somebody to look at it. */
  async list(group: string | undefined, most: number): Promise<readonly DeadLetter[]> {
    const groups = group === undefined ? await this.groups() : [group];
    const letters = (await Promise.all(groups.map((one) => this.of(one)))).flat();
    return letters
      .filter(({ redrivenAt }) => redrivenAt === undefined)
      .sort((one, other) => one.failedAt.localeCompare(other.failedAt))
      .slice(0, most)
      .map(shown);
  }

  async one(id: string): Promise<DeadLetter | undefined> {
    const letter = await this.withId(id);
    return letter && shown(letter);
  }

  /** Every letter of the group that was not handled since, redriven or not; of very many, the first. */
  async of(group: string): Promise<readonly Letter[]> {
    const topic = this.topicOf(group);
    const names = await this.connection.ask((admin) => admin.listTopics());
    if (!names.includes(topic)) return [];
    const ends = JSON.stringify(await this.connection.ask((admin) => admin.fetchTopicOffsets(topic)));
    const known = this.known.get(group);
    if (known?.ends === ends) return known.letters;
    const letters = this.read(group, topic);
    this.known.set(group, { ends, letters });
    // What could not be read is no answer for whoever asks next.
    letters.catch(() => this.known.delete(group));
    return letters;
  }

  /** Reads to what is the end of the group's topic now. */
  private async read(group: string, topic: string): Promise<readonly Letter[]> {
    const letters = new Map<string, Letter>();
    // Under a name that the group's service may use.
    await readThrough(this.connection, `${group}${SUFFIX}`, [topic], async (_, messages) => {
      for (const { key, value } of messages) {
        const letter = letterIn(value);
        if (!letter) letters.delete(String(key));
        else if (letters.has(String(key)) || letters.size < IN_MEMORY) letters.set(String(key), letter);
      }
    });
    return [...letters.values()];
  }

  private async withId(id: string): Promise<Letter | undefined> {
    const group = id.split(BETWEEN)[0] ?? '';
    return (await this.of(group)).find((one) => idOf(one) === id);
  }

  private async send(letter: Letter, value: string | null): Promise<void> {
    const message = { key: keyOf(letter), value, partition: letter.partition };
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

export function eventIn(value: Buffer | null): CloudEvent | undefined {
  try {
    const read: unknown = JSON.parse(String(value));
    return isEvent(read) ? read : undefined;
  } catch {
    return undefined;
  }
}
