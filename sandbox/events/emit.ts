import type { JsonObject } from '../core/json.ts';
import { newId } from '../core/ids.ts';
import { apiVersion, platformId } from '../core/world.ts';
import type { World } from '../core/world.ts';
import { queueDeliveries } from './queue.ts';

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
  const objectId = (object as { id?: string }).id ?? null;
  store(w, { id, version: 'v1', account, type, objectId, body });
}

/** What a thin event says about the object it concerns. */
export type Thin = { accountId: string; data?: JsonObject; related?: boolean };

/** Emits a v2 event about a connected account; it belongs to the platform's own scope. */
export function emitThin(w: World, type: string, { accountId, data, related = true }: Thin): void {
  const id = newId('evt_test', 30);
  const url = `/v2/core/accounts/${accountId}`;
  const body = {
    id,
    object: 'v2.core.event',
    created: new Date(w.clock.now()).toISOString(),
    ...(data && { data }),
    livemode: false,
    ...(w.current && { reason: { type: 'request', request: w.current } }),
    ...(related && { related_object: { id: accountId, type: 'v2.core.account', url } }),
    type,
  };
  store(w, { id, version: 'v2', account: platformId, type, objectId: accountId, body });
}

type Stored = {
  id: string;
  version: 'v1' | 'v2';
  account: string;
  type: string;
  objectId: string | null;
  body: object;
};

function store(w: World, event: Stored): void {
  const { id, version, account, type, objectId, body } = event;
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
  queueDeliveries(w, { id, version, connected: account !== platformId, type });
}
