import { sql } from 'kysely';
import type { Db } from '../connect.ts';
import { migrations } from './index.ts';

/**
 * Explains to an operator why this version cannot use the tables of this database, and what to do.
 * Undefined if it can, or if there are no tables yet. Only reads. A database from before the first
 * release contains migrations that no longer exist. Tables of a newer version can be used: while an
 * update is rolled out, processes of both versions run.
 */
export async function whyUnusable(db: Db, remedy = freshDatabase): Promise<string | undefined> {
  const removed = (await readUnknownMigrations(db)).find((name) => !isNewer(name));
  if (removed === undefined) return undefined;
  return (
    'This database was made by a version of payout-engine from before the first release, and this ' +
    `version cannot upgrade it: it contains the migration ${removed}, which no longer exists. ` +
    'Nothing in it was changed. If real money was paid with it, keep it and go back to the ' +
    `version that made it. Otherwise, with everything stopped, ${remedy}`
  );
}

/** As `whyUnusable`, for a version that would migrate the tables of a newer version. */
export async function whyNewer(db: Db): Promise<string | undefined> {
  const [newer] = (await readUnknownMigrations(db)).filter(isNewer);
  if (newer === undefined) return undefined;
  return (
    'This database was migrated by a newer version of payout-engine: it contains the migration ' +
    `${newer}, which this version does not have. Nothing in it was changed. Use the newer version.`
  );
}

function isNewer(name: string): boolean {
  return Number(name.slice(0, 4)) > Object.keys(migrations).length;
}

const freshDatabase =
  'create a fresh database and a fresh Temporal namespace, name them in DATABASE_URL and ' +
  'TEMPORAL_NAMESPACE, and run node db/migrate.ts.';

/** The migrations of this database that this version does not have, in their order. */
async function readUnknownMigrations(db: Db): Promise<string[]> {
  const { rows } = await sql<{ isThere: boolean }>`
    select to_regclass('kysely_migration') is not null as "isThere"
  `.execute(db);
  if (!rows[0]?.isThere) return [];
  const names = await sql<{ name: string }>`
    select name from kysely_migration order by name collate "C"
  `.execute(db);
  return names.rows.map(({ name }) => name).filter((name) => !(name in migrations));
}
