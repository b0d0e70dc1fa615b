import type { SQLInputValue } from 'node:sqlite';
import { invalid } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { integer, type Range, text } from '../core/params.ts';
import type { World } from '../core/world.ts';
import { readSetting, writeSetting } from './settings.ts';

/** The parameters every v1 list understands. */
export const pagination = { limit: integer(), starting_after: text(), ending_before: text() };

/** Where in a list a page begins. */
export type Page = {
  limit?: number | undefined;
  starting_after?: string | undefined;
  ending_before?: string | undefined;
};

/** Conditions of a list, collected as SQL and its values. */
export type Conditions = { sql: string[]; values: SQLInputValue[] };

/** Begins the conditions of a list. */
export function conditions(): Conditions {
  return { sql: [], values: [] };
}

/** Adds `column = value` where a value was asked for. */
export function where(c: Conditions, expression: string, value: SQLInputValue | undefined): void {
  if (value === undefined) return;
  c.sql.push(`${expression} = ?`);
  c.values.push(value);
}

/** Adds the bounds of a range. */
export function whereRange(c: Conditions, expression: string, range: Range | undefined): void {
  const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;
  for (const [bound, value] of Object.entries(range ?? {})) {
    c.sql.push(`${expression} ${operators[bound as keyof typeof operators]} ?`);
    c.values.push(value);
  }
}

/** How far Stripe's lists lag behind its writes. */
export type ListLag = {
  /** Objects younger than this are in no list. 0: the lists are up to date. */
  seconds: number;
  /** If present, only lists that are asked for with this parameter lag. */
  parameter?: string | undefined;
};

const noLag: ListLag = { seconds: 0 };

/** Reads how far the lists lag. */
export function readLag(w: World): ListLag {
  return readSetting(w.db, 'lists', noLag);
}

/** Lets the lists lag from now on. */
export function setLag(w: World, lag: ListLag): void {
  writeSetting(w.db, 'lists', lag);
}

/** Leaves out the objects that a list does not show yet. */
export function whereShown(w: World, c: Conditions, params: Record<string, unknown>): void {
  const { seconds, parameter } = readLag(w);
  if (seconds === 0 || (parameter !== undefined && params[parameter] === undefined)) return;
  whereRange(c, 'created', { lte: w.clock.seconds() - seconds });
}

/** Reads one page, newest first, and says whether there is more. */
export function readPage(
  w: World,
  table: 'objects' | 'balance_transactions' | 'events' | 'destinations',
  c: Conditions,
  page: Page,
): { rows: Record<string, unknown>[]; hasMore: boolean } {
  const limit = page.limit ?? 10;
  if (limit < 1 || limit > 100) {
    throw invalid('Invalid integer: limit must be between 1 and 100', { param: 'limit' });
  }
  const backwards = page.ending_before !== undefined;
  const clauses = [...c.sql];
  const values = [...c.values];
  const cursor = page.ending_before ?? page.starting_after;
  if (cursor !== undefined) {
    clauses.push(`seq ${backwards ? '>' : '<'} ?`);
    values.push(seqOf(w, table, cursor, backwards ? 'ending_before' : 'starting_after'));
  }
  const rows = w.db.all(
    `select * from ${table} where ${clauses.join(' and ') || '1'}
     order by seq ${backwards ? 'asc' : 'desc'} limit ?`,
    ...values,
    limit + 1,
  );
  const hasMore = rows.length > limit;
  const shown = rows.slice(0, limit);
  return { rows: backwards ? shown.toReversed() : shown, hasMore };
}

/** A v1 list as it is written. */
export function listAnswer(url: string, data: object[], hasMore: boolean): JsonObject {
  return { object: 'list', data: data as JsonObject[], has_more: hasMore, url };
}

function seqOf(w: World, table: string, id: string, param: string): number {
  const row = w.db.get<{ seq: number }>(`select seq from ${table} where id = ?`, id);
  if (row) return row.seq;
  throw invalid(`No such object: '${id}'`, { code: 'resource_missing', param });
}
