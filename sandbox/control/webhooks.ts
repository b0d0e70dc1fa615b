import {
  flag,
  hash,
  integer,
  listOf,
  oneOf,
  type Parsed,
  required,
  share,
  text,
} from '../core/params.ts';
import type { World } from '../core/world.ts';
import { listDeliveries } from '../events/deliveries.ts';
import {
  deleteDestination,
  type Destination,
  findDestination,
  listDestinations,
  saveDestination,
} from '../events/destinations.ts';
import { queue } from '../events/queue.ts';
import { orderly, readWebhookSettings, writeWebhookSettings } from '../events/settings.ts';
import { control, refuse, unknownId } from './define.ts';

const destination = {
  id: required(text()),
  url: required(text()),
  secret: required(text()),
  scope: oneOf('both', 'platform', 'connected'),
  payload: required(oneOf('snapshot', 'thin')),
  enabledEvents: listOf(text()),
};

const settings = {
  mode: oneOf('on', 'off', 'hold', 'duplicate', 'reorder', 'delay', 'lose', 'stale'),
  duplicate: share(),
  lose: share(),
  stale: share(),
  staleMs: integer(),
  seed: integer(),
  delayMs: integer(),
  reorder: flag(),
  twins: flag(),
  accountEventsFrom: oneOf('self', 'accounts'),
};

/** `destinations`, `webhooks` and `deliveries`. */
export const webhookControls = [
  control('GET destinations', {}, ({ surface: { w } }) => ({ destinations: listDestinations(w) })),
  control(
    'PUT destinations',
    { destinations: required(listOf(hash(destination))) },
    ({ surface: { w } }, params) => {
      const next = params.destinations.map((one, index) =>
        destinationOf(one, `destinations[${index}]`),
      );
      w.db.transaction(() => {
        for (const { id } of listDestinations(w)) deleteDestination(w, id);
        for (const one of next) saveDestination(w, one);
      });
      return { destinations: listDestinations(w) };
    },
  ),
  control('GET webhooks', {}, ({ surface: { w } }) => readWebhookSettings(w)),
  control('PUT webhooks', settings, ({ surface: { w } }, params) => {
    for (const name of ['delayMs', 'staleMs'] as const) {
      const { [name]: ms = 0 } = params;
      if (ms < 0 || ms > 600_000) throw refuse(`${name} is too long`, name);
    }
    const written = w.db.transaction(() => writeWebhookSettings(w, params));
    w.onDeliveries();
    return written;
  }),
  control(
    'GET deliveries',
    { after: integer(), limit: integer() },
    ({ surface: { w } }, { after = 0, limit = 1000 }) => ({
      deliveries: listDeliveries(w, after, limit),
    }),
  ),
  control(
    'GET events',
    { after: integer(), limit: integer(), type: text(), account: text() },
    ({ surface: { w } }, params) => ({ events: listEvents(w, params) }),
  ),
  control('POST events/:id/resend', { destination: text() }, ({ surface: { w }, id }, params) => {
    if (!w.db.get('select 1 from events where id = ?', id)) throw unknownId('event', id);
    const { destination } = params;
    if (destination !== undefined && !findDestination(w, destination)) {
      throw refuse(`There is no destination ${destination}`, 'destination');
    }
    const ids = destination ? [destination] : listDestinations(w).map((one) => one.id);
    for (const one of ids) queue(w, id, one, orderly);
    w.onDeliveries();
    return { queued: ids };
  }),
];

type EventFilter = {
  after: number | undefined;
  limit: number | undefined;
  type: string | undefined;
  account: string | undefined;
};

function listEvents(w: World, { after = 0, limit = 1000, type, account }: EventFilter): object[] {
  return w.db.all(
    `select seq, id, version, account, type, created, object_id as objectId from events
     where seq > ? and type glob ? and account glob ? order by seq limit ?`,
    after,
    type ?? '*',
    account ?? '*',
    limit,
  );
}

function destinationOf(wanted: Parsed<typeof destination>, name: string): Destination {
  const { id, url, secret, scope = 'both', payload } = wanted;
  if (!isHttpUrl(url)) throw refuse(`${url} is no http address`, `${name}[url]`);
  const { enabledEvents = ['*'] } = wanted;
  return { id, url, secret, scope, payload, enabledEvents };
}

function isHttpUrl(url: string): boolean {
  return /^https?:\/\//.test(url) && URL.canParse(url);
}
