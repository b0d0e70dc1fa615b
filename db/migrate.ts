import { Migrator } from 'kysely/migration';
import { connect } from './connect.ts';
import { keepEventOrder } from './events.ts';
import { migrations } from './migrations/index.ts';

/** Brings the database to the newest shape; safe to run from several processes and again. */
export async function migrate(databaseUrl: string): Promise<void> {
  const db = connect(databaseUrl, { connections: 1 });
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    const { error } = await migrator.migrateToLatest();
    if (error) throw error;
    await keepEventOrder(db);
  } finally {
    await db.destroy();
  }
}

if (import.meta.main) {
  const { DATABASE_URL } = process.env;
  if (!DATABASE_URL) throw new Error('DATABASE_URL is not set');
  await migrate(DATABASE_URL);
}
