import { readdirSync, readFileSync } from 'node:fs';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The files of the baseline, each after the files that it refers to. */
export const baselineFiles = [
  'clock',
  'append-only',
  'events',
  'operations',
  'api-keys',
  'commands',
  'sellers',
  'accounts',
  'earnings',
  'payouts',
  'holds',
  'ledger',
  'stripe',
  'stripe-events',
  'wake-ups',
  'reconciliation',
  'recovery',
  'attention',
].map((noun) => `0001-baseline/${noun}.sql`);

/** Later migrations: one file each. */
const later = readdirSync(new URL('./', import.meta.url))
  .filter((name) => /^\d{4}-.+\.sql$/.test(name))
  .toSorted();

/**
 * Every migration by its name. They run once each, in the order of their numbers, all in one
 * transaction. To change the tables, add a file `0002-what-it-does.sql` to this folder, with the
 * next number. Never edit a released migration, because it has already made databases.
 */
export const migrations: Record<string, Migration> = {
  '0001-baseline': runs(...baselineFiles),
  ...Object.fromEntries(later.map((file) => [file.replace('.sql', ''), runs(file)])),
};

function runs(...files: string[]): Migration {
  return {
    async up(db) {
      for (const file of files) {
        const statements = readFileSync(new URL(file, import.meta.url), 'utf8');
        await sql.raw(statements).execute(db);
      }
    },
  };
}
