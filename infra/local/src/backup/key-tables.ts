import { join } from 'node:path';
import { type ClientBase, escapeIdentifier } from 'pg';
import { type Artefact, type DumpedDatabase, type DumpedTable, isSame, Refused } from './artefact';
import type { Erasures } from './erasures';
import { contentOf, loadTable, nameOf } from './table-files';

/**
 * Loads the keys without those of erased persons: a key that comes back only to be destroyed again would stay readable in
 * the server's write-ahead log. They pass through a temporary table, which is not logged.
 * @returns how many persons were erased after the backup was made
 * @throws Refused when the ledger lacks somebody whom the backup knows to be erased: it is not this installation's, or cut
 */
export async function loadKeys(
  client: ClientBase,
  { folder }: Artefact,
  { tables }: DumpedDatabase,
  erasures: Erasures | undefined,
): Promise<number> {
  const tableOf = (name: string): DumpedTable => {
    const table = tables.find((one) => one.schema === 'sealing' && one.name === name);
    if (!table) throw new Refused(`The backup has no sealing.${name}.`);
    return table;
  };
  const [keys, erased] = [tableOf('keys'), tableOf('erased_persons')];
  await loadTable(client, erased, join(folder, erased.content.file));
  if (erasures) await mustKnowAll(client, erasures);
  const since = await client.query(
    `INSERT INTO sealing.erased_persons (person, erased)
     SELECT person, erased FROM json_to_recordset($1) AS l(person text, erased timestamptz)
      WHERE person NOT IN (SELECT person FROM sealing.erased_persons)`,
    [JSON.stringify([...(erasures ?? [])].map(([person, when]) => ({ person, erased: when })))],
  );
  await client.query(`CREATE TEMPORARY TABLE restored (LIKE ${nameOf(keys)}) ON COMMIT DROP`);
  await loadTable(client, keys, join(folder, keys.content.file), 'pg_temp.restored');
  if (!isSame(await contentOf(client, keys, 'pg_temp.restored'), keys.content)) {
    throw new Refused(`${keys.content.file} did not become what the backup holds.`);
  }
  await client.query(insertSql(keys));
  await mustBeGone(client, erasures);
  return since.rowCount ?? 0;
}

const insertSql = (keys: DumpedTable): string => {
  const columns = keys.columns.map(({ name }) => name);
  const values = columns.map((name) => {
    if (name === 'wrapped') return 'CASE WHEN e.person IS NULL THEN k.wrapped END';
    return name === 'destroyed' ? 'coalesce(k.destroyed, e.erased)' : `k.${escapeIdentifier(name)}`;
  });
  return `INSERT INTO ${nameOf(keys)} (${columns.map(escapeIdentifier).join(', ')})
    SELECT ${values.join(', ')} FROM pg_temp.restored k LEFT JOIN sealing.erased_persons e USING (person)`;
};

async function mustKnowAll(client: ClientBase, erasures: Erasures): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM sealing.erased_persons WHERE person <> ALL ($1)', [
    [...erasures.keys()],
  ]);
  if (rowCount !== 0) {
    throw new Refused(
      `The ledger of erasures lacks ${rowCount} whom the backup knows to be erased: it is not this installation's, or not whole.`,
    );
  }
}

async function mustBeGone(client: ClientBase, erasures: Erasures | undefined): Promise<void> {
  const { rows } = await client.query<{ left: number; told: number }>(
    `SELECT (SELECT count(*)::int FROM sealing.keys k JOIN sealing.erased_persons USING (person)
              WHERE k.wrapped IS NOT NULL) AS left,
            (SELECT count(*)::int FROM sealing.erased_persons WHERE person = ANY ($1)) AS told`,
    [[...(erasures?.keys() ?? [])]],
  );
  if (rows[0]?.left !== 0 || rows[0].told !== (erasures?.size ?? 0)) {
    throw new Refused('A key of an erased person would have come back.');
  }
}
