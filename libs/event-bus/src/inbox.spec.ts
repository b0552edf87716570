import type { CloudEvent } from '@tsunagu/contracts';
import { freshDatabase, planRevised } from '@tsunagu/testing';
import { Pool } from 'pg';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import { allOnceInto, inboxSchemaSql, onceAfter, onceInto, pruneInbox } from './index';

@Entity('effects')
class Effect {
  @PrimaryColumn('int') id!: number;
  @Column('text') event!: string;
}

const person = 'b1e0c1de-0000-4000-8000-000000000001';

describe('an effect through the inbox happens once', () => {
  let source: DataSource;
  let pool: Pool;

  beforeEach(async () => {
    const url = await freshDatabase();
    pool = new Pool({ connectionString: url });
    await pool.query(`${inboxSchemaSql}; CREATE TABLE effects (id serial PRIMARY KEY, event text NOT NULL)`);
    source = await new DataSource({ type: 'postgres', url, entities: [Effect] }).initialize();
  });
  afterEach(async () => {
    await source.destroy();
    await pool.end();
  });

  const effects = async (): Promise<string[]> => (await source.getRepository(Effect).find()).map(({ event }) => event);
  const kinds = {
    'a TypeORM transaction': (group: string) =>
      onceInto(source, group, async ({ id }, tx) => void (await tx.insert(Effect, { event: id }))),
    'a pg transaction': (group: string) =>
      onceInto(
        pool,
        group,
        async ({ id }, tx) => void (await tx.query('INSERT INTO effects (event) VALUES ($1)', [id])),
      ),
  };

  describe.each(Object.entries(kinds))('in %s', (_, handlerOf) => {
    const [a, b] = [planRevised(person, 0).event, planRevised(person, 1).event];

    it('however often and in whatever order the events come', async () => {
      const handle = handlerOf('g');
      for (const event of [b, a, a, b, a]) await handle(event);
      expect((await effects()).sort()).toEqual([a.id, b.id].sort());
    });

    it('even when several instances have the same event in hand at once', async () => {
      const handle = handlerOf('g');
      await Promise.all([handle(a), handle(a), handle(a), handle(a)]);
      expect(await effects()).toEqual([a.id]);
    });

    it('for each group', async () => {
      await handlerOf('g')(a);
      await handlerOf('h')(a);
      expect(await effects()).toEqual([a.id, a.id]);
    });
  });

  it('until it is told to forget what cannot come again, and only of that group', async () => {
    const { event } = planRevised(person, 0);
    const [g, h] = [kinds['a pg transaction']('g'), kinds['a pg transaction']('h')];
    await g(event);
    await h(event);
    await pool.query("UPDATE inbox SET handled = '2026-01-01T00:00:00Z'");
    expect(await pruneInbox(pool, 'g', new Date('2026-01-01T00:00:00Z'))).toBe(0);
    expect(await pruneInbox(pool, 'g', new Date('2026-01-01T00:00:01Z'))).toBe(1);
    await g(event);
    await h(event);
    expect(await effects()).toEqual([event.id, event.id, event.id]);
  });

  it('not at all when it fails, and then again', async () => {
    let fails = true;
    const handle = onceInto(pool, 'g', async ({ id }: CloudEvent, tx) => {
      await tx.query('INSERT INTO effects (event) VALUES ($1)', [id]);
      if (fails) throw new Error('after the write');
    });
    const { event } = planRevised(person, 0);
    await expect(handle(event)).rejects.toThrow('after the write');
    expect(await effects()).toEqual([]);
    fails = false;
    await handle(event);
    expect(await effects()).toEqual([event.id]);
  });

  it('holding no write transaction open while the effect only asks', async () => {
    const handle = onceInto(pool, 'g', async (_, tx) => {
      const { rows } = await tx.query<{ xid: string | null }>('SELECT pg_current_xact_id_if_assigned() AS xid');
      expect(rows).toEqual([{ xid: null }]);
    });
    await handle(planRevised(person, 0).event);
  });

  describe('that several events have together', () => {
    const [a, b, c] = [0, 1, 2].map((revision) => planRevised(person, revision).event) as [
      CloudEvent,
      CloudEvent,
      CloudEvent,
    ];
    const effectOf = (failing?: CloudEvent) =>
      allOnceInto(source, 'g', async (events, tx) => {
        await tx.insert(
          Effect,
          events.map(({ id }) => ({ event: id })),
        );
        if (events.some(({ id }) => id === failing?.id)) throw new Error('after the write');
      });

    it('is there once for each, whichever of them come again', async () => {
      const handle = effectOf();
      await handle([a, b]);
      await handle([a, b, c, c]);
      await handle([b]);
      expect(await effects()).toEqual([a.id, b.id, c.id]);
    });

    it('even when several instances have some of them in hand at once', async () => {
      const [one, other] = [effectOf(), effectOf()];
      await Promise.all([one([a, b]), other([a, b, c]), one([c]), other([b])]);
      expect((await effects()).sort()).toEqual([a.id, b.id, c.id].sort());
    });

    it('is there for those that shared a transaction with one that fails', async () => {
      const handle = effectOf(b);
      const outcomes = await Promise.allSettled([handle([a]), handle([b]), handle([c])]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect((await effects()).sort()).toEqual([a.id, c.id].sort());
    });
  });

  it('is not asked for again once it was had, though it needs no transaction', async () => {
    const [a, b] = [planRevised(person, 0).event, planRevised(person, 1).event];
    const had: string[] = [];
    const react = onceAfter(pool, 'g', async ({ id }) => {
      if (id === b.id && had.length === 1) throw new Error('not yet');
      had.push(id);
    });
    await expect(react([a, b])).rejects.toThrow('not yet');
    had.push('between');
    await react([a, b, b]);
    await react([a]);
    expect(had).toEqual([a.id, 'between', b.id]);
  });
});
