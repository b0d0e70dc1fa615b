/* oxlint-disable typescript/no-unnecessary-type-parameters -- only the SQL knows its rows' type */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { schema } from './schema.ts';

/** A row as SQLite hands it out. */
export type Row = Record<string, unknown>;

/**
 * The sandbox's storage: statements are prepared once, there is one writer, and nothing
 * acknowledged is lost.
 */
export type Database = {
  run(sql: string, ...values: SQLInputValue[]): number;
  get<T = Row>(sql: string, ...values: SQLInputValue[]): T | undefined;
  all<T = Row>(sql: string, ...values: SQLInputValue[]): T[];
  transaction<T>(work: () => T): T;
  savepoint<T>(work: () => T): T;
  close(): void;
};

/** Opens the file (or `:memory:`) and creates missing tables. */
export function openDatabase(file: string): Database {
  const sqlite = new DatabaseSync(file);
  // WAL with synchronous=normal survives the death of the process, which is what tests inflict.
  sqlite.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 5000');
  sqlite.exec(schema);
  const prepare = preparer(sqlite);
  return {
    run: (sql, ...values) => Number(prepare(sql).run(...values).changes),
    get: <T>(sql: string, ...values: SQLInputValue[]) =>
      prepare(sql).get(...values) as T | undefined,
    all: <T>(sql: string, ...values: SQLInputValue[]) => prepare(sql).all(...values) as T[],
    transaction: (work) => within(sqlite, 'begin immediate', 'commit', 'rollback', work),
    savepoint: (work) =>
      within(
        sqlite,
        'savepoint effect',
        'release effect',
        'rollback to effect; release effect',
        work,
      ),
    close: () => sqlite.close(),
  };
}

function preparer(sqlite: DatabaseSync) {
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  return (sql: string) => {
    const known = statements.get(sql);
    if (known) return known;
    const prepared = sqlite.prepare(sql);
    statements.set(sql, prepared);
    return prepared;
  };
}

function within<T>(
  sqlite: DatabaseSync,
  begin: string,
  end: string,
  undo: string,
  work: () => T,
): T {
  sqlite.exec(begin);
  try {
    const result = work();
    sqlite.exec(end);
    return result;
  } catch (error) {
    sqlite.exec(undo);
    throw error;
  }
}
