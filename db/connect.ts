import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { Client, type ClientConfig, DatabaseError, Pool, types } from 'pg';
import type { Database } from './schema/index.ts';

/** A connection or a transaction: whatever can run one statement. */
export type Db = Kysely<Database>;
/** Where a lock must be held until the end, the signature asks for this. */
export type Tx = Transaction<Database>;

/** Amounts come back as numbers: the schema keeps them far below 2^53. */
const bigintOid = types.builtins.INT8;
const timestampOid = types.builtins.TIMESTAMPTZ;

/** Opens a pool. `onStatement` sees each SQL text, so that tests can count what a payout costs. */
export function connect(
  databaseUrl: string,
  options: { connections?: number; onStatement?: (sql: string) => void } = {},
): Db {
  const pool = new Pool({
    connectionString: databaseUrl,
    Client: PlanningClient,
    max: options.connections ?? 10,
    types: { getTypeParser: parserOf },
  });
  // A server that goes away breaks connections, idle or in use; the pool opens new ones by itself,
  // and whoever used one learns it from the statement. Unheard, the event would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const { onStatement } = options;
  return new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    ...(onStatement && { log: (event) => onStatement(event.query.sql) }),
  });
}

/** Statements by their text; some are written anew for every number of values, so not all of them. */
const names = new Map<string, string>();
const mostNames = 1000;

/**
 * A statement with a name keeps its plan on each connection: planning takes several times as long as
 * a short statement's work. Postgres itself still plans anew where the values decide the best plan,
 * but `on conflict` must name the rule of a partial index by itself, not by a value.
 */
function named(text: string): string | undefined {
  if (!names.has(text) && names.size < mostNames) names.set(text, `planned_${names.size}`);
  return names.get(text);
}

class PlanningClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...given: unknown[]) => unknown;
    this.query = ((first: unknown, values?: unknown, ...more: unknown[]) => {
      const isOften = typeof first === 'string' && Array.isArray(values) && values.length > 0;
      const name = isOften ? named(first) : undefined;
      if (name === undefined) return query(first, values, ...more);
      return this.#replanned(query({ name, text: first, values }, ...more));
    }) as Client['query'];
  }

  /** A migration may change what a kept plan answers; its connection is then replaced by a new one. */
  async #replanned(answer: unknown): Promise<unknown> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof DatabaseError && error.code === featureNotSupported) void this.end();
      throw error;
    }
  }
}

/** "cached plan must not change result type" has no code of its own. */
const featureNotSupported = '0A000';

type TypeId = Parameters<typeof types.getTypeParser>[0];

function parserOf(oid: TypeId, format?: 'text' | 'binary') {
  if (oid === bigintOid) return (value: string) => safeInteger(value);
  if (oid === timestampOid) return (value: string) => new Date(value).toISOString();
  return format === 'binary' ? types.getTypeParser(oid, 'binary') : types.getTypeParser(oid);
}

function safeInteger(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`beyond whole numbers: ${value}`);
  return number;
}
