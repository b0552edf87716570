import type { EventStore, Position, RecordedEvent } from '@tsunagu/event-sourcing';
import type { DataSource, QueryRunner } from 'typeorm';
import { checkpointOf, openCheckpoint } from './checkpoints';
import { fold, keysOfAll } from './fold';
import type { Changes } from './fold';
import { Pause } from './pause';
import { tryLock } from './projection-session';
import type { ProjectionSession } from './projection-session';
import type { Around, ReadModel } from './read-model';
import { RowTable } from './row-table';
import { rowsChanged } from './rows-changed';

/** How often an instance that only stands by asks for the lock. */
const STANDBY_MS = 1000;
const RETRY_MS = { first: 50, most: 10_000 } as const;
/** A checkpoint that no row change carries along is saved after so many events. */
const SAVE_AFTER = 500;
const SAVE_EVERY_MS = 250;

export interface ModelProjectionOptions<Row extends object> {
  readonly store: EventStore;
  readonly dataSource: DataSource;
  readonly session: ProjectionSession;
  readonly model: ReadModel<Row, RecordedEvent>;
  readonly batchSize: number;
  readonly onError: (error: unknown) => void;
  readonly around: Around;
}

/** Keeps one read model up to date for as long as it holds the model's lock; starts over after any failure. */
export class ModelProjection<Row extends object> {
  private readonly table: RowTable<Row>;
  private readonly pause = new Pause();
  private readonly finished: Promise<void>;
  private projected: Position | undefined;
  private saved: Position | undefined;
  private unsaved = 0;
  private turn: Promise<void> = Promise.resolve();
  private retryMs: number = RETRY_MS.first;

  constructor(private readonly options: ModelProjectionOptions<Row>) {
    this.table = new RowTable(options.dataSource, options.model.entity);
    this.finished = this.run();
  }

  /** How far this instance has got; undefined when another one projects. */
  get position(): Position | undefined {
    return this.projected;
  }

  async stop(): Promise<void> {
    this.pause.end();
    await this.finished;
  }

  private async run(): Promise<void> {
    while (!this.pause.ended) {
      try {
        const connection = await this.options.session.connection();
        if (await tryLock(connection, this.options.model.name)) await this.hold(connection);
        else await this.pause.for(STANDBY_MS);
      } catch (error) {
        this.options.onError(error);
        await this.options.session.check();
        await this.pause.for(this.retryMs);
        this.retryMs = Math.min(this.retryMs * 2, RETRY_MS.most);
      }
      this.projected = undefined;
    }
  }

  /** Projects until told to stop. @throws whatever a batch failed with */
  private async hold(connection: QueryRunner): Promise<void> {
    const { model, store, batchSize, around } = this.options;
    await openCheckpoint(connection, model.name);
    this.saved = await checkpointOf(connection, model.name);
    this.projected = this.saved;
    this.unsaved = 0;
    let fail: (error: unknown) => void = () => undefined;
    const failed = new Promise<never>((_, reject) => (fail = reject));
    const options = { ...(this.saved && { after: this.saved }), batchSize, onError: fail };
    const subscription = store.subscribe(options, (events) =>
      this.inTurn(() => around(model.name, events, () => this.project(connection, events))),
    );
    const saving = setInterval(() => void this.inTurn(() => this.save(connection)).catch(fail), SAVE_EVERY_MS);
    try {
      await Promise.race([failed, this.pause.untilEnded()]);
    } finally {
      clearInterval(saving);
      await subscription.stop();
    }
    await this.inTurn(() => this.save(connection));
  }

  /** Moves the checkpoint over events that changed no row: other instances see by it how far this one has got. */
  private async save(connection: QueryRunner): Promise<void> {
    if (this.unsaved > 0) await this.write(connection, { kept: [], removed: [] }, this.projected);
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private async project(connection: QueryRunner, events: readonly RecordedEvent[]): Promise<void> {
    const { model } = this.options;
    const position = events.at(-1)?.position;
    const { perEvent, all } = keysOfAll(model, events);
    const changes = fold(model, await this.table.select(connection, all), events, perEvent);
    this.unsaved += events.length;
    const changed = changes.kept.length + changes.removed.length > 0;
    if (changed || this.unsaved >= SAVE_AFTER) await this.write(connection, changes, position);
    this.projected = position;
    this.retryMs = RETRY_MS.first;
  }

  /** Rows and checkpoint in one statement, and only if the checkpoint is where we left it. */
  private async write(connection: QueryRunner, changes: Changes<Row>, position: Position | undefined): Promise<void> {
    const sql = `
WITH moved AS (
  UPDATE checkpoints SET position = $3, saved_at = now() WHERE model = $1 AND position = $2 RETURNING model
), kept AS (${this.table.upsertSql(4, ', moved')}
), removed AS (
  DELETE FROM ${this.table.name} USING moved WHERE ${this.table.key} = ANY ($5)
)
SELECT count(*)::int AS moved FROM moved`;
    const parameters = [
      this.options.model.name,
      this.saved ?? '',
      position ?? '',
      this.table.document(changes.kept),
      changes.removed,
    ];
    const [answer] = (await connection.query(sql, parameters)) as readonly { readonly moved: number }[];
    if (answer?.moved !== 1) throw new Error(`${this.options.model.name} was rebuilt meanwhile; reading on from there`);
    this.saved = position;
    this.unsaved = 0;
    rowsChanged();
  }
}
