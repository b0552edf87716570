import { randomUUID } from 'node:crypto';
import { escapeIdentifier, type Pool, type PoolClient } from 'pg';
import { Erased } from './port';

export interface KeyOwner {
  readonly person: string;
  readonly category: string;
  readonly agency: string;
}

export interface StoredKey {
  readonly id: string;
  readonly wrapped: Buffer;
}

/** One at a time per person: a key being created while the person is erased would otherwise survive unseen. */
const alone = (person: string): string => `pg_advisory_xact_lock(hashtextextended('tsunagu.sealing.' || ${person}, 0))`;

const find = (person: string, category: string, agency: string): string => `
    SELECT k.id, k.wrapped, EXISTS (SELECT FROM sealing.erased_persons e WHERE e.person = ${person}) AS erased
      FROM (VALUES (1)) AS one
      LEFT JOIN sealing.keys k ON k.person = ${person} AND k.category = ${category} AND k.agency = ${agency}`;

/**
 * Schema of the key database, run by its owner; running it again changes nothing. The runtime role may create keys
 * and destroy them, but neither bring one back nor take a tombstone away: the triggers hold even for the owner.
 */
export const keySchemaSql = (runtimeRole: string): string => `
  SELECT pg_advisory_xact_lock(hashtextextended('tsunagu.sealing.schema', 0));
  CREATE SCHEMA IF NOT EXISTS sealing;
  CREATE TABLE IF NOT EXISTS sealing.keys (
    id uuid PRIMARY KEY,
    person text NOT NULL,
    category text NOT NULL,
    agency text NOT NULL,
    wrapped bytea,
    created timestamptz NOT NULL,
    destroyed timestamptz,
    UNIQUE (person, category, agency),
    CHECK ((wrapped IS NULL) = (destroyed IS NOT NULL))
  );
  CREATE TABLE IF NOT EXISTS sealing.erased_persons (
    person text PRIMARY KEY,
    erased timestamptz NOT NULL
  );
  CREATE OR REPLACE FUNCTION sealing.only_destroys() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'UPDATE' AND OLD.wrapped IS NOT NULL AND NEW.wrapped IS NULL
       AND (NEW.id, NEW.person, NEW.category, NEW.agency, NEW.created)
         = (OLD.id, OLD.person, OLD.category, OLD.agency, OLD.created)
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a key is created once and destroyed once';
  END $$;
  CREATE OR REPLACE FUNCTION sealing.stays() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN RAISE EXCEPTION 'an erasure is never undone'; END $$;
  CREATE OR REPLACE TRIGGER only_destroys BEFORE UPDATE OR DELETE ON sealing.keys
    FOR EACH ROW EXECUTE FUNCTION sealing.only_destroys();
  CREATE OR REPLACE TRIGGER stays BEFORE UPDATE OR DELETE ON sealing.erased_persons
    FOR EACH ROW EXECUTE FUNCTION sealing.stays();
  CREATE OR REPLACE FUNCTION sealing.key_of(
    the_person text, the_category text, the_agency text, new_id uuid, new_key bytea, now timestamptz
  ) RETURNS TABLE (id uuid, wrapped bytea, erased boolean) LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM ${alone('the_person')};
    INSERT INTO sealing.keys (id, person, category, agency, wrapped, created)
    SELECT new_id, the_person, the_category, the_agency, new_key, now
     WHERE NOT EXISTS (SELECT FROM sealing.erased_persons e WHERE e.person = the_person)
    ON CONFLICT ON CONSTRAINT keys_person_category_agency_key DO NOTHING;
    RETURN QUERY ${find('the_person', 'the_category', 'the_agency')};
  END $$;
  REVOKE ALL ON SCHEMA sealing FROM PUBLIC;
  GRANT USAGE ON SCHEMA sealing TO ${escapeIdentifier(runtimeRole)};
  GRANT SELECT, INSERT, UPDATE (wrapped, destroyed) ON sealing.keys TO ${escapeIdentifier(runtimeRole)};
  GRANT SELECT, INSERT ON sealing.erased_persons TO ${escapeIdentifier(runtimeRole)};
`;

interface Found {
  readonly id: string | null;
  readonly wrapped: Buffer | null;
  readonly erased: boolean;
}

export class KeyStore {
  constructor(private readonly pool: Pool) {}

  /** @throws Erased when the person was erased; a tombstone wins over a key that a restore brought back */
  async find(owner: KeyOwner): Promise<StoredKey | undefined> {
    return found(
      await this.pool.query<Found>({ name: 'sealing-find', text: find('$1', '$2', '$3'), values: columns(owner) }),
    );
  }

  /**
   * The key of this owner, made now if nobody else has made it in the meantime.
   * @throws Erased when the person was erased in the meantime
   */
  async create(owner: KeyOwner, wrap: (id: string) => Promise<Buffer>, now: Date): Promise<StoredKey> {
    const id = randomUUID();
    const key = found(
      await this.pool.query<Found>({
        name: 'sealing-create',
        text: 'SELECT id, wrapped, erased FROM sealing.key_of($1, $2, $3, $4, $5, $6)',
        values: [...columns(owner), id, await wrap(id), now],
      }),
    );
    if (!key) throw new Error('the key was not created');
    return key;
  }

  /** @returns how many keys this call destroyed */
  async erase(person: string, now: Date): Promise<number> {
    return this.alone(person, async (client) => {
      await client.query('INSERT INTO sealing.erased_persons VALUES ($1, $2) ON CONFLICT DO NOTHING', [person, now]);
      const destroyed = await client.query(
        'UPDATE sealing.keys SET wrapped = NULL, destroyed = $2 WHERE person = $1 AND wrapped IS NOT NULL',
        [person, now],
      );
      return destroyed.rowCount ?? 0;
    });
  }

  async erasedSince(instant: Date): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ person: string }>(
      'SELECT person FROM sealing.erased_persons WHERE erased >= $1',
      [instant],
    );
    return rows.map(({ person }) => person);
  }

  private async alone<T>(person: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    // A connection lost between two statements fails the next one; unheard, it would end the process.
    client.on('error', ignored);
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      await client.query(`SELECT ${alone('$1')}`, [person]);
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: Error) => (broken = failure));
      throw error;
    } finally {
      client.off('error', ignored);
      client.release(broken);
    }
  }
}

const ignored = (): void => undefined;

const columns = (owner: KeyOwner): string[] => [owner.person, owner.category, owner.agency];

function found({ rows }: { readonly rows: readonly Found[] }): StoredKey | undefined {
  const row = rows[0];
  if (row?.erased) throw new Erased();
  if (!row?.id) return undefined;
  if (!row.wrapped) throw new Erased();
  return { id: row.id, wrapped: row.wrapped };
}
