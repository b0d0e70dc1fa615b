import { missing } from '../core/errors.ts';
import { canonical, type JsonObject } from '../core/json.ts';
import type { World } from '../core/world.ts';
import type { Records } from './records.ts';

/** Stores a new object of an account, as of now. */
export function insertRecord<K extends keyof Records>(
  w: World,
  kind: K,
  account: string,
  record: Records[K],
): void {
  w.db.run(
    'insert into objects (id, kind, account, created, body) values (?, ?, ?, ?, ?)',
    record.id,
    kind,
    account,
    w.clock.seconds(),
    JSON.stringify(record),
  );
}

/** Stores an object's new state. */
export function saveRecord(w: World, record: Records[keyof Records]): void {
  w.db.run('update objects set body = ? where id = ?', JSON.stringify(record), record.id);
}

/** Finds an object. An object of another account is not found. */
export function findRecord<K extends keyof Records>(
  w: World,
  kind: K,
  id: string,
  account?: string,
): Records[K] | undefined {
  const row = w.db.get<{ body: string; account: string }>(
    'select body, account from objects where id = ? and kind = ?',
    id,
    kind,
  );
  if (!row || (account !== undefined && row.account !== account)) return undefined;
  return JSON.parse(row.body) as Records[K];
}

/** Reads an object. Throws Stripe's error if it does not exist. */
export function readRecord<K extends keyof Records>(
  w: World,
  kind: K,
  id: string,
  account: string,
): Records[K] {
  const record = findRecord(w, kind, id, account);
  if (!record) throw missing(kind.replace('_', ' '), id);
  return record;
}

/** Which account an object belongs to. */
export function ownerOf(w: World, id: string): string | undefined {
  return w.db.get<{ account: string }>('select account from objects where id = ?', id)?.account;
}

/** Every object of a kind, oldest first, for small collections and audits. */
export function allRecords<K extends keyof Records>(
  w: World,
  kind: K,
  account?: string,
): Records[K][] {
  const rows = account
    ? w.db.all<{ body: string }>(
        'select body from objects where kind = ? and account = ? order by seq',
        kind,
        account,
      )
    : w.db.all<{ body: string }>('select body from objects where kind = ? order by seq', kind);
  return rows.map((row) => JSON.parse(row.body) as Records[K]);
}

/** An object as the outside sees it. */
export function view(record: Records[keyof Records]): JsonObject {
  const { internal: _, ...shown } = record as { internal?: unknown };
  return shown;
}

/** The parts of an object that changed, with their old values, as an update event carries them. */
export function changedFrom(before: object, after: object): JsonObject {
  const now = after as JsonObject;
  const changed = Object.entries(before as JsonObject).filter(
    ([key, value]) => key !== 'internal' && canonical(value) !== canonical(now[key]),
  );
  return Object.fromEntries(changed);
}
