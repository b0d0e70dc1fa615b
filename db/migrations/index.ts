import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The files of the baseline, each after the files that it refers to. */
export const baselineFiles = [
  'clock',
  'append-only',
  'events',
  'operations',
  'money-stops',
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
  'failed-reads',
  'attention',
].map((noun) => `0001-baseline/${noun}.sql`);

/** Later migrations: one file each. */
const later = readdirSync(new URL('./', import.meta.url))
  .filter((name) => /^\d{4}-.+\.sql$/.test(name))
  .toSorted();

/**
 * The name of the baseline. Until the first release, the baseline may still be edited. Its name
 * contains a digest of its files, so that `whyUnusable` recognizes a database of an older baseline.
 */
const baseline = `0001-baseline-${createHash('sha256')
  .update(baselineFiles.map(read).join(''))
  .digest('hex')
  .slice(0, 8)}`;

/**
 * Every migration by its name. They run once each, in the order of their numbers, all in one
 * transaction. Until the first release, to change the tables, edit the files of the baseline.
 * Afterwards, add a file `0002-what-it-does.sql` to this folder, with the next number, and never
 * edit a released migration, because it has already made databases.
 */
export const migrations: Record<string, Migration> = {
  [baseline]: runs(...baselineFiles),
  ...Object.fromEntries(later.map((file) => [file.replace('.sql', ''), runs(file)])),
};

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}

function runs(...files: string[]): Migration {
  return {
    async up(db) {
      for (const file of files) await sql.raw(read(file)).execute(db);
    },
  };
}
