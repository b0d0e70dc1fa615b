import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Database } from './schema.ts';

/** A connection or a transaction: whatever can run one statement. */
export type Db = Kysely<Database>;
/** Where a lock must be held until the end, the signature asks for this. */
export type Tx = Transaction<Database>;

/** Amounts come back as numbers: the schema keeps them far below 2^53. */
const bigintOid = 20;
const timestampOid = 1184;

/** Opens a pool. `onStatement` sees each SQL text, so that tests can count what a payout costs. */
export function connect(
  databaseUrl: string,
  options: { connections?: number; onStatement?: (sql: string) => void } = {},
): Db {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.connections ?? 10,
    types: { getTypeParser },
  });
  // A server that goes away breaks idle connections; the pool opens new ones by itself.
  pool.on('error', () => {});
  const { onStatement } = options;
  return new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    ...(onStatement && { log: (event) => onStatement(event.query.sql) }),
  });
}

function getTypeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === bigintOid) return (value: string) => safeInteger(value);
  if (oid === timestampOid) return (value: string) => new Date(value).toISOString();
  return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid);
}

function safeInteger(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`beyond whole numbers: ${value}`);
  return number;
}
