import type { JsonObject } from '../core/json.ts';
import { newId } from '../core/ids.ts';
import { apiVersion, platformId } from '../core/world.ts';
import type { World } from '../core/world.ts';
import { listDestinations } from './destinations.ts';
import type { Destination } from './destinations.ts';
import { queue, queueDeliveries, typeMatches } from './queue.ts';
import { orderly, readWebhookSettings } from './settings.ts';

/** Emits a v1 snapshot event of an account, in the transaction of the change it tells of. */
export function emit(
  w: World,
  type: string,
  account: string,
  object: object,
  previous?: JsonObject,
): void {
  const connected = account !== platformId;
  const id = newId('evt');
  const body = {
    id,
    object: 'event',
    ...(connected && { account, context: account }),
    api_version: apiVersion,
    created: w.clock.seconds(),
    data: { object, ...(previous && { previous_attributes: previous }) },
    livemode: false,
    pending_webhooks: 0,
    request: w.current ?? { id: null, idempotency_key: null },
    type,
  };
  const about = object as About;
  announce(w, { id, version: 'v1', account, type, objectId: about.id ?? null, body });
  emitThinTwin(w, `v1.${type}`, account, about, id);
}

/** What a thin event says about the account it concerns. */
export type Thin = { accountId: string; data?: JsonObject };

/** Emits a v2 event about a connected account; it belongs to the platform's own scope. */
export function emitThin(w: World, type: string, { accountId, data }: Thin): void {
  const url = `/v2/core/accounts/${accountId}`;
  const related = { id: accountId, type: 'v2.core.account', url };
  const event = thinEvent(w, type, { ...(data && { data }), related_object: related });
  announce(w, { ...event, account: platformId, objectId: accountId });
}

/** Emits that somebody came back from a hosted page; it has data, but no object to fetch. */
export function emitReturn(w: World, accountId: string, useCase: string): void {
  const data = { account_id: accountId, configurations: ['recipient'], use_case: useCase };
  const event = thinEvent(w, 'v2.core.account_link.returned', { data });
  announce(w, { ...event, account: platformId, objectId: accountId });
}

/** Emits a ping and sends it to one destination, whatever events that is enabled for. */
export function emitPing(w: World, { id }: Destination): JsonObject {
  const type = 'v2.core.event_destination.ping';
  const url = `/v2/core/event_destinations/${id}`;
  const related = { id, type: 'v2.core.event_destination', url };
  const event = thinEvent(w, type, { related_object: related });
  store(w, { ...event, account: platformId, objectId: id });
  queue(w, event.id, id, orderly);
  w.onDeliveries();
  return event.body;
}

type About = { id?: string; object?: string; account?: string };

type Stored = {
  id: string;
  version: 'v1' | 'v2';
  account: string;
  type: string;
  objectId: string | null;
  body: JsonObject | object;
};

/** Thin twins of snapshot events exist only where a destination names them. */
function emitThinTwin(w: World, type: string, account: string, about: About, snapshot: string) {
  const isNamed = (pattern: string) => pattern.startsWith('v1.') && typeMatches(pattern, type);
  const wanted = listDestinations(w).some(
    ({ payload, enabledEvents }) => payload === 'thin' && enabledEvents.some(isNamed),
  );
  if (!wanted || about.id === undefined) return;
  const { id, object = '' } = about;
  const url =
    object === 'bank_account'
      ? `/v1/accounts/${account}/external_accounts/${id}`
      : `/v1/${object.replace('.', '/')}s/${id}`;
  const event = thinEvent(w, type, {
    ...(account !== platformId && { context: account }),
    related_object: { id, type: object, url },
    snapshot_event: snapshot,
  });
  announce(w, { ...event, account, objectId: id });
}

function thinEvent(w: World, type: string, parts: JsonObject) {
  const id = newId('evt_test', 30);
  const created = new Date(w.clock.now()).toISOString();
  const keyed = w.current?.idempotency_key !== null && { request: w.current };
  const reason = w.current && { reason: { type: 'request', ...keyed } };
  const body: JsonObject = {
    id,
    object: 'v2.core.event',
    created,
    livemode: false,
    ...reason,
    type,
    ...parts,
  };
  return { id, version: 'v2' as const, type, body };
}

function announce(w: World, event: Stored): void {
  store(w, event);
  const { id, version, account, type, body } = event;
  const connected = account !== platformId;
  queueDeliveries(w, { id, version, connected, type });
  if (!readWebhookSettings(w).twins) return;
  const twin = `${id}T`;
  store(w, { ...event, id: twin, body: { ...body, id: twin } });
  queueDeliveries(w, { id: twin, version, connected, type });
}

function store(w: World, { id, version, account, type, objectId, body }: Stored): void {
  w.witness?.event(version, structuredClone(body));
  w.db.run(
    `insert into events (id, version, account, type, created, object_id, body)
     values (?, ?, ?, ?, ?, ?, ?)`,
    id,
    version,
    account,
    type,
    w.clock.seconds(),
    objectId,
    JSON.stringify(body),
  );
}
