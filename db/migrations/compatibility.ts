import { sql } from 'kysely';
import type { Db } from '../connect.ts';

/**
 * Explains to an operator why this version cannot use the tables of this database, and what to do.
 * Undefined if it can, or if there are no tables yet. Only reads. A database from before the first
 * release contains migrations that no longer exist.
 */
export async function whyUnusable(db: Db, remedy = freshDatabase): Promise<string | undefined> {
  const first = await findFirstMigration(db);
  if (first === undefined || first === baseline) return undefined;
  return (
    'This database was made by a version of payout-engine from before the first release, and this ' +
    `version cannot upgrade it: it begins with the migration ${first}, not ${baseline}. Nothing in ` +
    'it was changed. If real money was paid with it, keep it and go back to the version that made ' +
    `it. Otherwise, with everything stopped, ${remedy}`
  );
}

const baseline = '0001-baseline';

const freshDatabase =
  'create a fresh database and a fresh Temporal namespace, name them in DATABASE_URL and ' +
  'TEMPORAL_NAMESPACE, and run node db/migrate.ts.';

async function findFirstMigration(db: Db): Promise<string | undefined> {
  const { rows } = await sql<{ isThere: boolean }>`
    select to_regclass('kysely_migration') is not null as "isThere"
  `.execute(db);
  if (!rows[0]?.isThere) return undefined;
  const names = await sql<{ name: string }>`
    select name from kysely_migration order by name limit 1
  `.execute(db);
  return names.rows[0]?.name;
}
