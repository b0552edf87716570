import { randomBytes } from 'node:crypto';
import { eventually, freshDatabase } from '@tsunagu/testing';
import fc from 'fast-check';
import { Pool } from 'pg';
import { authenticatedParts } from './envelope';
import { Erased, fileKeyEncryption, keySchemaSql, sealer, type SealContext, type Sealer } from './index';

const place: SealContext = {
  person: 'b1e0c1de-0000-4000-8000-000000000001',
  category: 'consultation-content',
  agency: 'hidamari-npo',
  stream: 'consultation-1',
  type: 'ConsultationTaken',
  path: 'said',
};
const kek = randomBytes(32);
let owner: Pool;
let pool: Pool;
let clock: number;
const made: Sealer[] = [];

/** Another process: its own cache over the same database. */
const process_ = (keyEncryptionKey = kek, tenant = 'town'): Sealer => {
  const one = sealer({ pool, keyEncryption: fileKeyEncryption(keyEncryptionKey), tenant, now: () => new Date(clock) });
  made.push(one);
  return one;
};

beforeAll(async () => {
  const url = await freshDatabase();
  const role = `keys_${randomBytes(4).toString('hex')}`;
  owner = new Pool({ connectionString: url });
  await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'keys'`);
  await Promise.all([owner.query(keySchemaSql(role)), owner.query(keySchemaSql(role))]);
  await owner.query(keySchemaSql(role));
  const asRuntime = new URL(url);
  asRuntime.username = role;
  asRuntime.password = 'keys';
  pool = new Pool({ connectionString: asRuntime.href });
});
beforeEach(() => (clock = Date.parse('2026-11-22T02:00:00Z')));
afterEach(async () => {
  await Promise.all(made.splice(0).map((one) => one.close()));
});
afterAll(async () => {
  await pool.end();
  await owner.end();
});

const person = (): SealContext => ({ ...place, person: randomBytes(8).toString('hex') });

describe('a sealed value opens where it was sealed, and nowhere else', () => {
  it('round-trips any JSON value', () =>
    fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const one = process_();
        const expected: unknown = JSON.parse(JSON.stringify(value));
        expect(await one.open(place, await one.seal(place, value))).toEqual(expected);
      }),
      { numRuns: 30 },
    ));

  it('is never the same twice', async () => {
    const one = process_();
    expect(await one.seal(place, 'さみしい')).not.toEqual(await one.seal(place, 'さみしい'));
  });

  it.each(['person', 'category', 'agency', 'stream', 'type', 'path'] as const)(
    'does not open under another %s, though a key exists there',
    async (dimension) => {
      const one = process_();
      const elsewhere = { ...place, [dimension]: `${place[dimension]}x` };
      const sealed = await one.seal(place, 'here');
      await one.seal(elsewhere, 'there');
      await expect(one.open(elsewhere, sealed)).rejects.toThrow();
    },
  );

  it('does not open in another installation or under another key-encryption key', async () => {
    const sealed = await process_().seal(place, 'ours');
    await expect(process_(kek, 'village').open(place, sealed)).rejects.toThrow();
    await expect(process_(randomBytes(32)).open(place, sealed)).rejects.toThrow();
  });

  it('does not open where nothing was sealed', async () => {
    const one = process_();
    const sealed = await one.seal(place, 'here');
    await expect(one.open(person(), sealed)).rejects.toThrow('nothing was ever sealed here');
  });
});

describe('a changed value does not open', () => {
  it('with any one byte flipped', async () => {
    const one = process_();
    const bytes = Buffer.from((await one.seal(place, 'もう疲れた')).sealed, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      await expect(one.open(place, { sealed: flipped.toString('base64url') })).rejects.toThrow();
    }
  });

  it('cut at any length, a shortened tag included', async () => {
    const one = process_();
    const bytes = Buffer.from((await one.seal(place, 'もう疲れた')).sealed, 'base64url');
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = bytes.subarray(0, length).toString('base64url');
      await expect(one.open(place, { sealed: cut })).rejects.toThrow();
    }
  });

  it('spelled with characters that a base64 decoder skips', async () => {
    const one = process_();
    const { sealed } = await one.seal(place, 'here');
    await expect(one.open(place, { sealed: `${sealed}=` })).rejects.toThrow();
    await expect(one.open(place, { sealed: ` ${sealed}` })).rejects.toThrow();
  });

  it('after the wrapped keys of two persons were swapped in the database', async () => {
    const [a, b] = [person(), person()];
    const sealed = await process_().seal(a, 'a');
    await process_().seal(b, 'b');
    await owner.query('ALTER TABLE sealing.keys DISABLE TRIGGER ALL');
    await owner.query(
      `UPDATE sealing.keys k SET wrapped = other.wrapped FROM sealing.keys other
        WHERE (k.person, other.person) IN (($1, $2), ($2, $1))`,
      [a.person, b.person],
    );
    await owner.query('ALTER TABLE sealing.keys ENABLE TRIGGER ALL');
    await expect(process_().open(a, sealed)).rejects.toThrow();
  });
});

describe('what is authenticated is unambiguous', () => {
  it('distinct parts never give the same bytes', () =>
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (one, other) => {
        const same = authenticatedParts(one).equals(authenticatedParts(other));
        expect(same).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    ));

  it('a boundary moved between two fields does not open', async () => {
    const one = process_();
    const sealed = await one.seal({ ...place, stream: 'a-1', type: 'bc' }, 'here');
    await expect(one.open({ ...place, stream: 'a-1b', type: 'c' }, sealed)).rejects.toThrow();
  });
});

describe('one key per person, category and agency', () => {
  it('even when many processes seal the first value at once', async () => {
    const where = person();
    const sealers = Array.from({ length: 8 }, () => process_());
    const sealed = await Promise.all(sealers.map((one, n) => one.seal(where, n)));
    const reader = process_();
    expect(await Promise.all(sealed.map((value) => reader.open(where, value)))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const { rows } = await pool.query('SELECT 1 FROM sealing.keys WHERE person = $1', [where.person]);
    expect(rows).toHaveLength(1);
  });
});

describe('a connection lost between two statements', () => {
  it('fails the seal that used it, and nothing else', async () => {
    const where = person();
    const blocker = await owner.connect();
    await blocker.query('BEGIN');
    await blocker.query("SELECT pg_advisory_xact_lock(hashtextextended('tsunagu.sealing.' || $1, 0))", [where.person]);
    const one = process_();
    const sealing = one.seal(where, 'x');
    const failure = expect(sealing).rejects.toThrow();
    await eventually(async () => {
      const { rowCount } = await owner.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock' AND usename <> current_user`,
      );
      expect(rowCount).toBe(1);
    });
    await failure;
    await blocker.query('ROLLBACK');
    blocker.release();
    expect(await one.open(where, await one.seal(where, 'again'))).toBe('again');
  });
});

describe('erasure destroys every key of the person for good', () => {
  it('nothing opens any more and nothing is sealed again, in any category', async () => {
    const where = person();
    const needs = { ...where, category: 'needs' };
    const one = process_();
    const sealed = await one.seal(where, 'forget me');
    await one.seal(needs, 'me too');
    expect(await one.erasePerson(where.person)).toBe(2);
    expect(await one.erasePerson(where.person)).toBe(0);
    await expect(one.open(where, sealed)).rejects.toThrow(Erased);
    await expect(one.seal(where, 'again')).rejects.toThrow(Erased);
    await expect(one.seal({ ...where, category: 'screening' }, 'new')).rejects.toThrow(Erased);
    await expect(process_().open(where, sealed)).rejects.toThrow(Erased);
  });

  it('is known to every process, with its time', async () => {
    const where = person();
    await process_().erasePerson(where.person);
    expect(await process_().erasedSince(new Date(clock))).toContain(where.person);
    expect(await process_().erasedSince(new Date(clock + 1))).not.toContain(where.person);
  });

  it('leaves everybody else readable', async () => {
    const [gone, stays] = [person(), person()];
    const one = process_();
    await one.seal(gone, 'gone');
    const sealed = await one.seal(stays, 'stays');
    await one.erasePerson(gone.person);
    expect(await one.open(stays, sealed)).toBe('stays');
  });

  it('reaches a process with a warm cache when told, or after 60 seconds at the latest', async () => {
    const where = person();
    const [told, untold] = [process_(), process_()];
    const sealed = await told.seal(where, 'warm');
    expect(await untold.open(where, sealed)).toBe('warm');
    await process_().erasePerson(where.person);
    told.forget(where.person);
    await expect(told.open(where, sealed)).rejects.toThrow(Erased);
    expect(await untold.open(where, sealed)).toBe('warm');
    clock += 60_000;
    await expect(untold.open(where, sealed)).rejects.toThrow(Erased);
  });

  it('wins or loses whole against seals under way: no key survives it', async () => {
    for (let round = 0; round < 20; round += 1) {
      const where = person();
      const one = process_();
      const sealing = Array.from({ length: 4 }, (_, n) => process_().seal({ ...where, category: `c${n}` }, 'x'));
      await Promise.all([Promise.allSettled(sealing), one.erasePerson(where.person)]);
      const { rows } = await pool.query('SELECT 1 FROM sealing.keys WHERE person = $1 AND wrapped IS NOT NULL', [
        where.person,
      ]);
      expect(rows).toHaveLength(0);
    }
  });

  it('a look-up still under way when the person is erased leaves no key in the cache', async () => {
    const where = person();
    const one = process_();
    const sealed = await one.seal(where, 'x');
    one.forget(where.person);
    const opening = one.open(where, sealed).catch(() => 'erased');
    await Promise.all([opening, one.erasePerson(where.person)]);
    await expect(one.open(where, sealed)).rejects.toThrow(Erased);
  });

  it('cannot be undone: neither the runtime role nor the owner brings a key or a person back', async () => {
    const where = person();
    const one = process_();
    await one.seal(where, 'x');
    await one.erasePerson(where.person);
    const revive = `UPDATE sealing.keys SET wrapped = '\\x00', destroyed = NULL WHERE person = $1`;
    for (const attacker of [pool, owner]) {
      await expect(attacker.query(revive, [where.person])).rejects.toThrow();
      await expect(attacker.query('DELETE FROM sealing.keys WHERE person = $1', [where.person])).rejects.toThrow();
      await expect(
        attacker.query('DELETE FROM sealing.erased_persons WHERE person = $1', [where.person]),
      ).rejects.toThrow();
    }
  });

  it("holds after yesterday's key database is restored and the erasures are replayed", async () => {
    const where = person();
    const sealed = await process_().seal(where, 'x');
    const backup = await owner.query('SELECT * FROM sealing.keys WHERE person = $1', [where.person]);
    await process_().erasePerson(where.person);
    await owner.query('ALTER TABLE sealing.keys DISABLE TRIGGER ALL');
    await owner.query('UPDATE sealing.keys SET wrapped = $2, destroyed = NULL WHERE person = $1', [
      where.person,
      (backup.rows[0] as { wrapped: Buffer }).wrapped,
    ]);
    await owner.query('ALTER TABLE sealing.keys ENABLE TRIGGER ALL');
    await expect(process_().open(where, sealed)).rejects.toThrow(Erased);
    expect(await process_().erasePerson(where.person)).toBe(1);
  });
});

describe('the key database holds neither plain text nor a usable key', () => {
  it('no canary and no data key is found in it', async () => {
    const where = person();
    const canary = `canary-${randomBytes(8).toString('hex')}`;
    const keys: Buffer[] = [];
    const real = fileKeyEncryption(kek);
    const spying = {
      wrap: (key: Buffer, context: Buffer) => (keys.push(key), real.wrap(key, context)),
      unwrap: real.unwrap,
    };
    const one = sealer({ pool, keyEncryption: spying, tenant: 'town' });
    const { sealed } = await one.seal(where, canary);
    const { rows } = await owner.query<{ row: string }>('SELECT k::text AS row FROM sealing.keys k');
    const dump = rows.map(({ row }) => row).join('\n');
    for (const secret of [canary, Buffer.from(canary).toString('hex'), keys[0]?.toString('hex') ?? 'no key']) {
      expect(dump).not.toContain(secret);
    }
    expect(Buffer.from(sealed, 'base64url').includes(canary)).toBe(false);
  });

  it('a key-encryption key of any other length is refused', () => {
    expect(() => fileKeyEncryption(Buffer.alloc(31))).toThrow('32 random bytes');
    expect(() => fileKeyEncryption(Buffer.from(kek.toString('base64')))).not.toThrow();
  });
});
