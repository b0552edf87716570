import type { DataSource, QueryRunner } from 'typeorm';

/**
 * The one connection over which a projector reads, writes and holds its locks: whoever has lost the lock has lost the
 * means to write. Commits do not wait for the disk, since rows and checkpoint are lost together, if at all, and are
 * then folded again from the log.
 */
export class ProjectionSession {
  private opening: Promise<QueryRunner> | undefined;

  constructor(private readonly dataSource: DataSource) {}

  connection(): Promise<QueryRunner> {
    this.opening ??= this.open();
    return this.opening;
  }

  /** After a failure: a connection that no longer answers is given up, and its locks with it. */
  async check(): Promise<void> {
    const opened = this.opening;
    try {
      await (await opened)?.query('SELECT 1');
    } catch {
      if (this.opening !== opened) return;
      this.opening = undefined;
      await opened?.then((connection) => connection.release()).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    const connection = await this.opening?.catch(() => undefined);
    this.opening = undefined;
    try {
      await connection?.query('SELECT pg_advisory_unlock_all()');
      await connection?.query('RESET synchronous_commit');
    } catch {
      // The connection is lost, and its locks with it.
    } finally {
      await connection?.release();
    }
  }

  private async open(): Promise<QueryRunner> {
    const connection = this.dataSource.createQueryRunner();
    try {
      await connection.connect();
      await connection.query('SET synchronous_commit = off');
      return inOrder(connection);
    } catch (error) {
      await connection.release();
      throw error;
    }
  }
}

/** One statement after the other, whichever model asks: a connection takes no second one while it executes. */
function inOrder(connection: QueryRunner): QueryRunner {
  const query = connection.query.bind(connection) as (sql: string, parameters?: unknown[]) => Promise<unknown>;
  let last: Promise<unknown> = Promise.resolve();
  const ordered = (sql: string, parameters?: unknown[]): Promise<unknown> => {
    const ask = (): Promise<unknown> => query(sql, parameters);
    last = last.then(ask, ask);
    return last;
  };
  return Object.assign(connection, { query: ordered });
}

/** Held until the connection ends; taking it again in the same connection succeeds. */
export async function tryLock(connection: QueryRunner, model: string): Promise<boolean> {
  const [answer] = (await connection.query(
    `SELECT pg_try_advisory_lock(hashtextextended('projector:' || current_schema() || ':' || $1, 0)) AS locked`,
    [model],
  )) as readonly { readonly locked: boolean }[];
  return answer?.locked === true;
}
