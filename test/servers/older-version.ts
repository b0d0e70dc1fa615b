import { withClient } from '../../dev/servers/postgres.ts';

/** Makes a database look as if migrations from before the first release had created it. */
export async function asOfOlderVersion(databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    await client.query(`
      delete from kysely_migration;
      insert into kysely_migration (name, timestamp) values
        ('0001-foundation', '2026-01-01T00:00:00.000Z'),
        ('0002-commands-and-lists', '2026-01-02T00:00:00.000Z')`);
  });
}
