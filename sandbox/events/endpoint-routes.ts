import { missing, refusal } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { JsonObject } from '../core/json.ts';
import { mergeMetadata, metadata } from '../core/metadata.ts';
import { flag, listOf, required, text, unsettable } from '../core/params.ts';
import { apiVersion, type World } from '../core/world.ts';
import { platform } from '../http/routes.ts';
import { conditions, listAnswer, pagination, readPage } from '../store/lists.ts';
import {
  addDestination,
  deleteDestination,
  type Destination,
  findDestination,
  httpUrl,
  type Kept,
  saveDestination,
} from './destinations.ts';

const base = '/v1/webhook_endpoints';

/** `/v1/webhook_endpoints`: snapshot events, of the platform or (`connect`) of its accounts. */
export const endpointRoutes = [
  platform(
    `POST ${base}`,
    {
      url: required(httpUrl()),
      enabled_events: required(listOf(text())),
      api_version: text(),
      connect: flag(),
      description: unsettable(text()),
      metadata: metadata(),
    },
    ({ w }, params) => {
      const endpoint = addDestination(w, {
        id: newId('we'),
        url: params.url,
        scope: params.connect ? 'connected' : 'platform',
        payload: 'snapshot',
        enabledEvents: params.enabled_events,
        shown: {
          name: '',
          description: params.description ?? null,
          metadata: mergeMetadata({}, params.metadata),
        },
      });
      return { ...show(endpoint), secret: endpoint.secret };
    },
  ),
  platform(`GET ${base}`, pagination, ({ w }, params) => {
    const c = conditions();
    c.sql.push("id glob 'we_*'");
    const { rows, hasMore } = readPage(w, 'destinations', c, params);
    const data = rows.map((row) => show(JSON.parse(String(row['body'])) as Kept));
    return listAnswer(base, data, hasMore);
  }),
  platform(`GET ${base}/:id`, {}, ({ w, id }) => show(readEndpoint(w, id))),
  platform(
    `POST ${base}/:id`,
    {
      url: httpUrl(),
      enabled_events: listOf(text()),
      disabled: flag(),
      description: unsettable(text()),
      metadata: metadata(),
    },
    ({ w, id }, params) => {
      const { shown, ...before } = readEndpoint(w, id);
      const { description = shown.description } = params;
      const after = {
        ...before,
        url: params.url ?? before.url,
        enabledEvents: params.enabled_events ?? before.enabledEvents,
        disabled: params.disabled ?? before.disabled ?? false,
        shown: { ...shown, description, metadata: mergeMetadata(shown.metadata, params.metadata) },
      };
      saveDestination(w, after);
      return show(after);
    },
  ),
  platform(`DELETE ${base}/:id`, {}, ({ w, id }) => {
    readEndpoint(w, id);
    deleteDestination(w, id);
    return { id, object: 'webhook_endpoint', deleted: true };
  }),
];

function readEndpoint(w: World, id: string): Kept {
  const found: Destination | undefined = id.startsWith('we_') ? findDestination(w, id) : undefined;
  if (!found?.shown) throw missing('webhook endpoint', id);
  if (found.scope === 'both') throw refusal('This endpoint was not made through this API.');
  return { ...found, shown: found.shown };
}

function show({ id, url, scope, enabledEvents, disabled, shown }: Kept): JsonObject {
  return {
    id,
    object: 'webhook_endpoint',
    api_version: apiVersion,
    application: scope === 'connected' ? 'ca_sandbox' : null,
    created: Math.floor(Date.parse(shown.created) / 1000),
    description: shown.description,
    enabled_events: enabledEvents,
    livemode: false,
    metadata: shown.metadata,
    status: disabled ? 'disabled' : 'enabled',
    url,
  };
}
