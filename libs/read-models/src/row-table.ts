import { escapeIdentifier } from 'pg';
import type { DataSource, EntityTarget } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata';

/** What TypeORM's DataSource, EntityManager and QueryRunner have in common. */
export interface Queryable {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

type Record = { [column: string]: unknown };

/**
 * The table of one flat entity. TypeORM knows its columns; the statements are ours, because its own upsert of a batch
 * is half as fast. Rows travel as one JSON document and take their types from the table itself.
 */
export class RowTable<Row extends object> {
  /** Quoted, without a schema unless the entity names one. */
  readonly name: string;
  readonly key: string;
  private readonly keyProperty: string;
  private readonly columns: readonly ColumnMetadata[];
  private readonly columnList: string;

  constructor(
    private readonly dataSource: DataSource,
    entity: EntityTarget<Row>,
  ) {
    const metadata = dataSource.getMetadata(entity);
    const [key, ...otherKeys] = metadata.primaryColumns;
    if (!key || otherKeys.length > 0) throw new Error(`${metadata.name}: a read model's row has one primary column`);
    const bent = metadata.columns.find(({ transformer, embeddedMetadata }) => transformer ?? embeddedMetadata);
    if (bent)
      throw new Error(`${metadata.name}.${bent.propertyName}: a read model's row is flat, without transformers`);
    this.name = metadata.tablePath.split('.').map(escapeIdentifier).join('.');
    this.key = escapeIdentifier(key.databaseName);
    this.keyProperty = key.propertyName;
    this.columns = metadata.columns;
    this.columnList = this.columns.map(({ databaseName }) => escapeIdentifier(databaseName)).join(', ');
  }

  async select(db: Queryable, keys: readonly string[], from = this.name): Promise<Map<string, Row>> {
    if (keys.length === 0) return new Map();
    const sql = `SELECT ${this.columnList} FROM ${from} WHERE ${this.key} = ANY ($1)`;
    const records = (await db.query(sql, [keys])) as readonly Record[];
    return new Map(records.map((record) => this.rowOf(record)));
  }

  /** Inserts or replaces the rows of the document in parameter `$document`; `also` may join what must hold. */
  upsertSql(document: number, also = '', into = this.name): string {
    const others = this.columns.filter(({ isPrimary }) => !isPrimary).map((c) => escapeIdentifier(c.databaseName));
    const set = others.map((column) => `${column} = EXCLUDED.${column}`).join(', ');
    return `INSERT INTO ${into} (${this.columnList})
      SELECT ${this.columnList} FROM json_populate_recordset(NULL::${this.name}, $${document}::json)${also}
      ON CONFLICT (${this.key}) DO ${set ? `UPDATE SET ${set}` : 'NOTHING'}`;
  }

  document(rows: readonly Row[]): string {
    return JSON.stringify(rows.map((row) => this.recordOf(row)));
  }

  private recordOf(row: Row): Record {
    const values = row as Readonly<Record>;
    const record: Record = {};
    for (const { databaseName, propertyName } of this.columns) record[databaseName] = values[propertyName];
    return record;
  }

  private rowOf(record: Readonly<Record>): [string, Row] {
    const row: Record = {};
    for (const column of this.columns) {
      row[column.propertyName] = this.dataSource.driver.prepareHydratedValue(record[column.databaseName], column);
    }
    return [String(row[this.keyProperty]), row as Row];
  }
}
