import { type ClientBase, escapeIdentifier } from 'pg';
import { pairOf, positionOf } from '@tsunagu/event-store';
import type { Position } from '@tsunagu/event-sourcing';
import type { Table } from './catalog';

/**
 * How far readers had come, in numbers that mean the same on every server: events of the log, or messages of the
 * partition, up to and including the last that they had read. On the server itself these places are (transaction, place
 * in it), which a younger server has not reached; it would put new events before the restored ones.
 */
export interface Places {
  readonly readers: readonly ReaderPlace[];
  readonly groups: readonly GroupPlace[];
  readonly letters: readonly LetterPlace[];
}

export interface ReaderPlace {
  readonly schema: string;
  readonly table: 'checkpoints' | 'relay_checkpoints';
  readonly reader: string;
  readonly events: number;
}

export interface GroupPlace {
  readonly consumer_group: string;
  readonly topic: string;
  readonly partition: number;
  readonly messages: number;
}

/** Negative where the message itself was dropped since: before everything that is still there. */
export interface LetterPlace {
  readonly id: string;
  readonly place: number;
}

export interface ReaderPosition extends Omit<ReaderPlace, 'events'> {
  readonly position: Position;
}

type Standing = { readonly topic: string; readonly partition: number; readonly tx: string; readonly position: string };
export type Group = Standing & Pick<GroupPlace, 'consumer_group'>;
export type Letter = Standing & Pick<LetterPlace, 'id'>;

const READERS = { checkpoints: 'model', relay_checkpoints: 'name' } as const;
const tablesOfReaders = Object.keys(READERS) as (keyof typeof READERS)[];

export async function readerPositions(reads: ClientBase, tables: readonly Table[]): Promise<readonly ReaderPosition[]> {
  const found: ReaderPosition[] = [];
  for (const { schema, name } of tables) {
    const table = tablesOfReaders.find((one) => one === name);
    if (!table) continue;
    const { rows } = await reads.query<{ reader: string; position: Position }>(
      `SELECT ${READERS[table]} AS reader, position FROM ${escapeIdentifier(schema)}.${table} WHERE position <> '' ORDER BY 1`,
    );
    found.push(...rows.map((row) => ({ schema, table, ...row })));
  }
  return found;
}

/** Of services whose log is elsewhere (KurrentDB) the positions stay as they are: nothing is told of them. */
export async function readerPlaces(
  events: ClientBase,
  logs: readonly Table[],
  positions: readonly ReaderPosition[],
): Promise<readonly ReaderPlace[]> {
  const found: ReaderPlace[] = [];
  for (const { position, ...reader } of positions) {
    if (!logs.some(({ schema }) => schema === reader.schema)) continue;
    const { tx, ordinal } = pairOf(position);
    const { rows } = await events.query<{ events: string; there: boolean }>(
      `SELECT count(*) AS events, coalesce(bool_or(tx = $1::xid8 AND ordinal = $2), false) AS there
         FROM ${escapeIdentifier(reader.schema)}.events WHERE (tx, ordinal) <= ($1::xid8, $2::int)`,
      [tx, ordinal],
    );
    const [row] = rows;
    if (!row?.there)
      throw new Error(`${reader.schema}: ${reader.reader} stands at an event that the log does not hold.`);
    found.push({ ...reader, events: Number(row.events) });
  }
  return found;
}

export async function standing(bus: ClientBase): Promise<{ readonly groups: Group[]; readonly letters: Letter[] }> {
  const { rows: groups } = await bus.query<Group>(
    'SELECT consumer_group, topic, partition, tx::text, position FROM bus.offsets ORDER BY 1, 2, 3',
  );
  const { rows: letters } = await bus.query<Letter>(
    'SELECT id, topic, partition, tx::text, position FROM bus.dead_letters ORDER BY id',
  );
  return { groups, letters };
}

const COUNT_UP_TO = `
  SELECT s.n, count(m.tx) AS messages, coalesce(bool_or(m.tx = s.tx AND m.position = s.position), false) AS there
    FROM json_to_recordset($1) AS s(n int, topic text, partition int, tx xid8, position bigint)
    LEFT JOIN bus.messages m
      ON m.topic = s.topic AND m.partition = s.partition AND (m.tx, m.position) <= (s.tx, s.position)
   GROUP BY s.n ORDER BY s.n`;

/** Counted where the messages are dumped: those dropped since by retention move everybody alike. */
export async function busPlaces(
  bus: ClientBase,
  { groups, letters }: { readonly groups: readonly Group[]; readonly letters: readonly Letter[] },
): Promise<Pick<Places, 'groups' | 'letters'>> {
  const count = async (all: readonly Standing[]): Promise<readonly { messages: string; there: boolean }[]> =>
    (
      await bus.query<{ messages: string; there: boolean }>(COUNT_UP_TO, [
        JSON.stringify(all.map(({ topic, partition, tx, position }, n) => ({ n, topic, partition, tx, position }))),
      ])
    ).rows;
  const counted = await count(groups);
  const lettered = await count(letters);
  return {
    groups: groups.map(({ consumer_group, topic, partition }, n) => ({
      ...{ consumer_group, topic, partition },
      messages: Number(counted[n]?.messages ?? 0),
    })),
    letters: letters.map(({ id }, n) => ({ id, place: lettered[n]?.there ? Number(lettered[n].messages) : -1 - n })),
  };
}

/** @param tx under which the restored logs stand */
export async function placeReaders(reads: ClientBase, tx: string, places: readonly ReaderPlace[]): Promise<void> {
  for (const { schema, table, reader, events } of places) {
    const where = `${escapeIdentifier(schema)}.${table}`;
    const { rowCount } =
      events === 0
        ? await reads.query(`DELETE FROM ${where} WHERE ${READERS[table]} = $1`, [reader])
        : await reads.query(`UPDATE ${where} SET position = $2 WHERE ${READERS[table]} = $1`, [
            reader,
            positionOf(tx, events - 1),
          ]);
    if (rowCount !== 1) throw new Error(`${schema}.${table} does not hold ${reader}.`);
  }
}

/** In the transaction that loaded the messages, whose number they stand under. */
export async function placeConsumers(bus: ClientBase, { groups, letters }: Places): Promise<void> {
  const placed = await bus.query(
    `UPDATE bus.offsets o SET position = p.messages,
            tx = CASE p.messages WHEN 0 THEN '0' ELSE pg_current_xact_id() END
       FROM json_to_recordset($1) AS p(consumer_group text, topic text, partition int, messages bigint)
      WHERE (o.consumer_group, o.topic, o.partition) = (p.consumer_group, p.topic, p.partition)`,
    [JSON.stringify(groups)],
  );
  const buried = await bus.query(
    `UPDATE bus.dead_letters d SET position = p.place, tx = pg_current_xact_id()
       FROM json_to_recordset($1) AS p(id uuid, place bigint) WHERE d.id = p.id`,
    [JSON.stringify(letters)],
  );
  if (placed.rowCount !== groups.length || buried.rowCount !== letters.length) {
    throw new Error('The places of the consumers do not fit the bus that they are from.');
  }
}

/**
 * Lets the relays publish again whatever was recorded since then.
 * @returns where each of them stands: before the first such event
 */
export async function relaysBefore(
  events: ClientBase,
  since: Date,
  readers: readonly ReaderPlace[],
): Promise<readonly ReaderPlace[]> {
  const found: ReaderPlace[] = [];
  for (const place of readers) {
    if (place.table !== 'relay_checkpoints') continue;
    const { rows } = await events.query<{ events: number | null }>(
      `SELECT min(ordinal) AS events FROM ${escapeIdentifier(place.schema)}.events WHERE recorded_at >= $1`,
      [since],
    );
    found.push({ ...place, events: Math.min(place.events, rows[0]?.events ?? place.events) });
  }
  return found;
}
