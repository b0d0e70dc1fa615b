import { invalid, missing } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { JsonObject } from '../core/json.ts';
import { mergeMetadata, metadata } from '../core/metadata.ts';
import { hash, integer, listOf, oneOf, required, text, unsettable } from '../core/params.ts';
import { apiVersion } from '../core/world.ts';
import type { World } from '../core/world.ts';
import { v2 } from '../http/routes.ts';
import { readV2Page, v2Answer } from '../http/v2-lists.ts';
import {
  addDestination,
  deleteDestination,
  findDestination,
  httpUrl,
  saveDestination,
} from './destinations.ts';
import type { Destination, Kept } from './destinations.ts';
import { emitPing } from './emit.ts';

type Include = 'webhook_endpoint.signing_secret' | 'webhook_endpoint.url';

const base = '/v2/core/event_destinations';
const include = listOf(oneOf('webhook_endpoint.signing_secret', 'webhook_endpoint.url'));
const includeUrl = { include: listOf(oneOf('webhook_endpoint.url')) };
const endpoint = hash({ url: required(httpUrl()) });

/** `/v2/core/event_destinations`: snapshot or thin events of one or both scopes. */
export const destinationRoutes = [
  v2(
    `POST ${base}`,
    {
      description: text(),
      enabled_events: required(listOf(text())),
      event_payload: required(oneOf('snapshot', 'thin')),
      events_from: listOf(oneOf('@self', '@accounts')),
      include,
      metadata: metadata(),
      name: required(text()),
      snapshot_api_version: text(),
      type: required(oneOf('webhook_endpoint')),
      webhook_endpoint: required(endpoint),
    },
    ({ w }, params) => {
      if (params.event_payload === 'thin' && params.snapshot_api_version !== undefined) {
        throw invalid('Thin events have no snapshot_api_version.', {
          param: 'snapshot_api_version',
        });
      }
      const { name, description = '', snapshot_api_version: version } = params;
      const made = addDestination(w, {
        id: newId('ed_test', 30),
        url: params.webhook_endpoint.url,
        scope: scopeOf(params.events_from ?? ['@self']),
        payload: params.event_payload,
        enabledEvents: params.enabled_events,
        shown: {
          name,
          description,
          metadata: mergeMetadata({}, params.metadata),
          ...(version !== undefined && { apiVersion: version }),
        },
      });
      return show(made, params.include);
    },
  ),
  v2(`GET ${base}`, { ...includeUrl, limit: integer(), page: text() }, ({ w }, params) => {
    const clauses = ["id glob 'ed_*'"];
    const { rows, next } = readV2Page(w, { table: 'destinations', clauses, page: params });
    const data = rows.map((row) => show(JSON.parse(row.body) as Kept, params.include));
    return v2Answer(base, data, params.limit, next);
  }),
  v2(`GET ${base}/:id`, includeUrl, ({ w, id }, params) =>
    show(readDestination(w, id), params.include),
  ),
  v2(
    `POST ${base}/:id`,
    {
      ...includeUrl,
      description: unsettable(text()),
      enabled_events: listOf(text()),
      metadata: metadata(),
      name: text(),
      webhook_endpoint: endpoint,
    },
    ({ w, id }, params) => {
      const changed = change(w, id, (draft) => {
        draft.url = params.webhook_endpoint?.url ?? draft.url;
        draft.enabledEvents = params.enabled_events ?? draft.enabledEvents;
        draft.shown.name = params.name ?? draft.shown.name;
        if (params.description !== undefined) draft.shown.description = params.description ?? '';
        draft.shown.metadata = mergeMetadata(draft.shown.metadata, params.metadata);
      });
      return show(changed, params.include);
    },
  ),
  v2(`POST ${base}/:id/disable`, {}, ({ w, id }) =>
    show(change(w, id, (draft) => (draft.disabled = true))),
  ),
  v2(`POST ${base}/:id/enable`, {}, ({ w, id }) =>
    show(change(w, id, (draft) => (draft.disabled = false))),
  ),
  v2(`POST ${base}/:id/ping`, {}, ({ w, id }) => emitPing(w, readDestination(w, id))),
  v2(`DELETE ${base}/:id`, {}, ({ w, id }) => {
    readDestination(w, id);
    deleteDestination(w, id);
    return { id, object: 'v2.core.event_destination' };
  }),
];

function readDestination(w: World, id: string): Kept {
  const found = id.startsWith('ed_') ? findDestination(w, id) : undefined;
  if (!found?.shown) throw missing('v2.core.event_destination', id);
  return { ...found, shown: found.shown };
}

function change(w: World, id: string, edit: (draft: Kept) => void): Kept {
  const draft = readDestination(w, id);
  edit(draft);
  draft.shown.updated = new Date(w.clock.now()).toISOString();
  saveDestination(w, draft);
  return draft;
}

function scopeOf(from: string[]): Destination['scope'] {
  if (from.includes('@self') && from.includes('@accounts')) return 'both';
  return from.includes('@accounts') ? 'connected' : 'platform';
}

const sources = { platform: ['@self'], connected: ['@accounts'], both: ['@self', '@accounts'] };

function show(destination: Kept, include: Include[] = []): JsonObject {
  const { id, url, secret, shown, disabled } = destination;
  const details = { disabled: { reason: 'user' } };
  return {
    id,
    object: 'v2.core.event_destination',
    created: shown.created,
    description: shown.description ?? '',
    enabled_events: destination.enabledEvents,
    event_payload: destination.payload,
    events_from: sources[destination.scope],
    livemode: false,
    metadata: shown.metadata,
    name: shown.name,
    ...(destination.payload === 'snapshot' && {
      snapshot_api_version: shown.apiVersion ?? apiVersion,
    }),
    status: disabled ? 'disabled' : 'enabled',
    ...(disabled && { status_details: details }),
    type: 'webhook_endpoint',
    updated: shown.updated,
    webhook_endpoint: {
      ...(include.includes('webhook_endpoint.signing_secret') && { signing_secret: secret }),
      ...(include.includes('webhook_endpoint.url') && { url }),
    },
  };
}
