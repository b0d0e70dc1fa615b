import type { SQLInputValue } from 'node:sqlite';
import { invalid, missing } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { hash, integer, listOf, text } from '../core/params.ts';
import type { Field } from '../core/params.ts';
import { v2 } from '../http/routes.ts';
import { readV2Page, v2Answer } from '../http/v2-lists.ts';

const keptMs = 30 * 24 * 3600_000;
const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

const filters = {
  created: hash({ gt: moment(), gte: moment(), lt: moment(), lte: moment() }),
  limit: integer(),
  object_id: text(),
  page: text(),
  types: listOf(text()),
};

/** `/v2/core/events`: thin events of the acting account in the last 30 days. */
export const v2EventRoutes = [
  v2('GET /v2/core/events', filters, ({ w, account }, params) => {
    const { object_id: objectId, types } = params;
    if ((types?.length ?? 0) > 20) throw invalid('types has up to 20 values', { param: 'types' });
    const clauses = ["version = 'v2'", 'account = ?', `${createdAt} > ?`];
    const values: SQLInputValue[] = [account, isoOf(w.clock.now() - keptMs)];
    const query = new URLSearchParams();
    for (const bound of ['gt', 'gte', 'lt', 'lte'] as const) {
      const value = params.created?.[bound];
      if (value === undefined) continue;
      clauses.push(`${createdAt} ${operators[bound]} ?`);
      values.push(value);
      query.append(`created[${bound}]`, value);
    }
    if (objectId !== undefined) {
      clauses.push('object_id = ?');
      values.push(objectId);
      query.append('object_id', objectId);
    }
    if (types) {
      clauses.push(`type in (${types.map(() => '?').join(', ')})`);
      values.push(...types);
      for (const [index, type] of types.entries()) query.append(`types[${index}]`, type);
    }
    const { rows, next } = readV2Page(w, { table: 'events', clauses, values, page: params });
    const data = rows.map((row) => JSON.parse(row.body) as JsonObject);
    return v2Answer('/v2/core/events', data, params.limit, next, query);
  }),
  v2('GET /v2/core/events/:id', {}, ({ w, account, id }) => {
    const row = w.db.get<{ body: string }>(
      "select body from events where id = ? and version = 'v2' and account = ?",
      id,
      account,
    );
    if (!row) throw missing('v2.core.event', id);
    return JSON.parse(row.body) as JsonObject;
  }),
];

const createdAt = "json_extract(body, '$.created')";

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** A moment, in RFC 3339 or in seconds, as the text that events carry. */
function moment(): Field<string | undefined> {
  return {
    read(value, name) {
      const written = text().read(value, name) ?? '';
      const ms = /^\d+$/.test(written) ? Number(written) * 1000 : Date.parse(written);
      if (Number.isNaN(ms)) throw invalid(`Invalid timestamp: ${written}`, { param: name });
      return isoOf(ms);
    },
  };
}
