import type { Database } from './database.ts';

/** Reads one persisted setting. */
export function readSetting<T>(db: Database, name: string, otherwise: T): T {
  const row = db.get<{ value: string }>('select value from settings where name = ?', name);
  return row ? (JSON.parse(row.value) as T) : otherwise;
}

/** Persists one setting. */
export function writeSetting(db: Database, name: string, value: unknown): void {
  db.run(
    'insert into settings values (?, ?) on conflict (name) do update set value = excluded.value',
    name,
    JSON.stringify(value),
  );
}
