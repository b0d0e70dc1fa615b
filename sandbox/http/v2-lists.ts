import type { SQLInputValue } from 'node:sqlite';
import { invalid } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { World } from '../core/world.ts';

type V2Query = {
  table: 'objects' | 'events' | 'destinations';
  clauses: string[];
  values?: SQLInputValue[];
  page: { limit?: number | undefined; page?: string | undefined };
};

type V2Row = { seq: number; body: string };

const defaultLimit = 20;

/**
 * Reads one page of a v2 list, newest first. A page token is the sequence number below which the
 * page begins.
 */
export function readV2Page(w: World, query: V2Query): { rows: V2Row[]; next: string | undefined } {
  const limit = query.page.limit ?? defaultLimit;
  if (limit < 1 || limit > 100)
    throw invalid('limit must be between 1 and 100', { param: 'limit' });
  const clauses = [...query.clauses];
  const values = [...(query.values ?? [])];
  if (query.page.page !== undefined) {
    clauses.push('seq < ?');
    values.push(decodeToken(query.page.page));
  }
  const rows = w.db.all<V2Row>(
    `select seq, body from ${query.table} where ${clauses.join(' and ')} order by seq desc limit ?`,
    ...values,
    limit + 1,
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > limit && last ? encodeToken(last.seq) : undefined };
}

/** The answer of a v2 list. `query` repeats the filters in the link to the next page. */
export function v2Answer(
  path: string,
  data: object[],
  limit: number | undefined,
  next: string | undefined,
  query = new URLSearchParams(),
): JsonObject {
  const size = String(limit ?? defaultLimit);
  const all = new URLSearchParams([...query, ['limit', size], ['page', next ?? '']]);
  const url = `${path}?${all.toString()}`;
  return {
    data: data as JsonObject[],
    next_page_url: next === undefined ? null : url,
    previous_page_url: null,
  };
}

function encodeToken(seq: number): string {
  return `page_${Buffer.from(String(seq)).toString('base64url')}`;
}

function decodeToken(token: string): number {
  const written = Buffer.from(token.replace(/^page_/, ''), 'base64url').toString();
  if (/^\d{1,15}$/.test(written)) return Number(written);
  throw invalid(`Invalid page token: ${token}`, { param: 'page' });
}
