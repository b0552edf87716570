import type { DataSource, QueryRunner } from 'typeorm';
import { fold, keysOfAll } from './fold';
import type { ReadModel } from './read-model';
import { RowTable } from './row-table';

export interface Difference {
  readonly key: string;
  /** The row as PostgreSQL prints it; null where it is missing. */
  readonly live: string | null;
  readonly rebuilt: string | null;
}

/** Dropped with its connection, so that an interrupted rebuild leaves nothing behind. */
const SCRATCH = 'pg_temp.rebuilt';

/** A read model made once more from the beginning, in a temporary table beside the live one. */
export class Scratch<Row extends object, Event> {
  private readonly upsert: string;
  private readonly remove: string;

  private constructor(
    private readonly model: ReadModel<Row, Event>,
    private readonly table: RowTable<Row>,
    readonly connection: QueryRunner,
  ) {
    this.upsert = table.upsertSql(1, '', SCRATCH);
    this.remove = `DELETE FROM ${SCRATCH} WHERE ${table.key} = ANY ($1)`;
  }

  /** Opens one for the time of `work`. */
  static async during<Row extends object, Event, T>(
    dataSource: DataSource,
    model: ReadModel<Row, Event>,
    work: (scratch: Scratch<Row, Event>) => Promise<T>,
  ): Promise<T> {
    const table = new RowTable(dataSource, model.entity);
    const connection = dataSource.createQueryRunner();
    try {
      await connection.query(`DROP TABLE IF EXISTS ${SCRATCH}`);
      await connection.query(`CREATE TEMP TABLE rebuilt (LIKE ${table.name} INCLUDING ALL)`);
      return await work(new Scratch(model, table, connection));
    } finally {
      await connection.query(`DROP TABLE IF EXISTS ${SCRATCH}`).catch(() => undefined);
      await connection.release();
    }
  }

  async fold(events: readonly Event[]): Promise<void> {
    const { perEvent, all } = keysOfAll(this.model, events);
    if (all.length === 0) return;
    const { kept, removed } = fold(
      this.model,
      await this.table.select(this.connection, all, SCRATCH),
      events,
      perEvent,
    );
    if (kept.length > 0) await this.connection.query(this.upsert, [this.table.document(kept)]);
    if (removed.length > 0) await this.connection.query(this.remove, [removed]);
  }

  /** Every row that is not byte for byte the same in the live table. */
  async differences(): Promise<readonly Difference[]> {
    const { name, key } = this.table;
    return (await this.connection.query(`
      SELECT coalesce(live.key, rebuilt.key) AS key, live.row AS live, rebuilt.row AS rebuilt
      FROM (SELECT ${key}::text AS key, t::text AS row FROM ${name} t) live
      FULL JOIN (SELECT ${key}::text AS key, t::text AS row FROM ${SCRATCH} t) rebuilt USING (key)
      WHERE live.row IS DISTINCT FROM rebuilt.row ORDER BY 1`)) as readonly Difference[];
  }

  /** Puts these rows in the place of the live ones; inside the caller's transaction. */
  async replaceLive(): Promise<void> {
    await this.connection.query(`DELETE FROM ${this.table.name}`);
    await this.connection.query(`INSERT INTO ${this.table.name} TABLE ${SCRATCH}`);
  }
}
