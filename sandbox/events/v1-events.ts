import { missing } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { flag, listOf, range, text } from '../core/params.ts';
import type { World } from '../core/world.ts';
import { v1 } from '../http/routes.ts';
import {
  type Conditions,
  conditions,
  listAnswer,
  pagination,
  readPage,
  where,
  whereRange,
} from '../store/lists.ts';

const keptSeconds = 30 * 24 * 3600;

const filters = {
  ...pagination,
  created: range(),
  delivery_success: flag(),
  type: text(),
  types: listOf(text()),
};

/** `/v1/events`: what happened to the acting account in the last 30 days. */
export const v1EventRoutes = [
  v1('GET /v1/events', filters, ({ w, account }, params) => {
    const c = eventsOf(w, account);
    whereRange(c, 'created', params.created);
    whereTypes(c, params.type === undefined ? params.types : [params.type]);
    if (params.delivery_success !== undefined) {
      c.sql.push(`${params.delivery_success ? 'not' : ''} ${undelivered}`);
    }
    const { rows, hasMore } = readPage(w, 'events', c, params);
    const data = rows.map((row) => showEvent(w, String(row['body'])));
    return listAnswer('/v1/events', data, hasMore);
  }),
  v1('GET /v1/events/:id', {}, ({ w, account, id }) => {
    const c = eventsOf(w, account);
    where(c, 'id', id);
    const [row] = readPage(w, 'events', c, {}).rows;
    if (!row) throw missing('event', id);
    return showEvent(w, String(row['body']));
  }),
];

const undelivered =
  "exists (select 1 from deliveries d where d.event_id = events.id and d.state <> 'delivered')";

function eventsOf(w: World, account: string): Conditions {
  const c = conditions();
  where(c, 'version', 'v1');
  where(c, 'account', account);
  whereRange(c, 'created', { gt: w.clock.seconds() - keptSeconds });
  return c;
}

function whereTypes(c: Conditions, types: string[] | undefined): void {
  if (!types) return;
  c.sql.push(`(${types.map(() => 'type glob ?').join(' or ') || '0'})`);
  c.values.push(...types);
}

function showEvent(w: World, body: string): JsonObject {
  const event = JSON.parse(body) as JsonObject & { id: string };
  const waiting = w.db.get<{ count: number }>(
    "select count(*) as count from deliveries where event_id = ? and state <> 'delivered'",
    event.id,
  );
  return { ...event, pending_webhooks: waiting?.count ?? 0 };
}
