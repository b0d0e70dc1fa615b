import { Migrator } from 'kysely/migration';
import { connect, type Db } from './connect.ts';
import { keepEventOrder } from './events.ts';
import { whyNewer, whyUnusable } from './migrations/compatibility.ts';
import { migrations } from './migrations/index.ts';

/**
 * Migrates the database to the newest version. Safe to repeat, and safe from several processes at
 * once.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  await withConnection(databaseUrl, async (db) => {
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    const { error } = await migrator.migrateToLatest();
    if (error) throw error;
    await keepEventOrder(db);
  });
}

/**
 * Explains why this database cannot be migrated to the newest version, and what to do. Undefined if
 * it can be migrated. Only reads. `remedy` is what the operator does instead, after everything was
 * stopped.
 */
export async function whyNotMigrated(
  databaseUrl: string,
  remedy?: string,
): Promise<string | undefined> {
  return withConnection(databaseUrl, async (db) => (await whyUnusable(db, remedy)) ?? whyNewer(db));
}

async function withConnection<T>(databaseUrl: string, work: (db: Db) => Promise<T>): Promise<T> {
  const db = connect(databaseUrl, { connections: 1 });
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

if (import.meta.main) {
  const { DATABASE_URL } = process.env;
  if (!DATABASE_URL) throw new Error('DATABASE_URL is not set');
  const why = await whyNotMigrated(DATABASE_URL);
  if (why === undefined) await migrate(DATABASE_URL);
  else {
    process.stderr.write(`${why}\n`);
    process.exitCode = 1;
  }
}
