import type { Schema } from './document.ts';
import { coerce } from './form.ts';
import {
  alsoLookIn,
  type Description,
  strange,
  type Violation,
  violationsIn,
  violationsOf,
} from './schemas.ts';
import { readSdkTypes, type SdkTypes } from './sdk-types.ts';

/** Of each operation the type of its parameters and of its answer; `[]` means a list of them. */
const operations: Record<string, [params: string, answer: string]> = {
  'POST /v2/core/accounts': ['AccountCreateParams', 'Account'],
  'GET /v2/core/accounts': ['AccountListParams', 'Account[]'],
  'GET /v2/core/accounts/:id': ['AccountRetrieveParams', 'Account'],
  'POST /v2/core/accounts/:id': ['AccountUpdateParams', 'Account'],
  'POST /v2/core/accounts/:id/close': ['AccountCloseParams', 'Account'],
  'POST /v2/core/account_links': ['AccountLinkCreateParams', 'AccountLink'],
  'GET /v2/core/events': ['EventListParams', 'Event[]'],
  'GET /v2/core/events/:id': ['EventRetrieveParams', 'Event'],
  'POST /v2/core/event_destinations': ['EventDestinationCreateParams', 'EventDestination'],
  'GET /v2/core/event_destinations': ['EventDestinationListParams', 'EventDestination[]'],
  'GET /v2/core/event_destinations/:id': ['EventDestinationRetrieveParams', 'EventDestination'],
  'POST /v2/core/event_destinations/:id': ['EventDestinationUpdateParams', 'EventDestination'],
  'DELETE /v2/core/event_destinations/:id': ['EventDestinationDeleteParams', 'DeletedObject'],
  'POST /v2/core/event_destinations/:id/disable': [
    'EventDestinationDisableParams',
    'EventDestination',
  ],
  'POST /v2/core/event_destinations/:id/enable': [
    'EventDestinationEnableParams',
    'EventDestination',
  ],
  'POST /v2/core/event_destinations/:id/ping': ['EventDestinationPingParams', 'Event'],
};

/** v2 as the types of Stripe's package describe it. */
export const v2: Description = ({ method, path, params, status, body }) => {
  const name = `${method} ${path.replace(/^(\/v2\/core\/\w+\/)[^/]+/, '$1:id')}`;
  const found = operations[name];
  if (!found) return undefined;
  const [asked, answered] = found;
  const schema = types().schemaOf(`V2.Core.${asked}`);
  return {
    name,
    request: violationsIn(asked, schema, method === 'POST' ? params : coerce(schema, params)),
    answer: status < 400 ? answerViolations(answered, body) : violationsIn('v2', refusal, body),
  };
};

/** What is wrong with a thin event as it is kept, with its data. */
export function eventViolationsOfV2(body: unknown): Violation[] {
  const { type } = body as { type: string };
  const name = nameOfEvent(type);
  if (name === undefined) return [strange('v2.core.event', '/type', `${type} is no type of event`)];
  return violationsOf(name, body);
}

/** What v2 refuses with; the package declares it in classes only (Error.d.ts). */
const refusal: Schema = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: Object.fromEntries(
        ['code', 'doc_url', 'message', 'param', 'request_log_url', 'type', 'user_message'].map(
          (field) => [field, { type: 'string' }],
        ),
      ),
      required: ['message', 'type'],
    },
  },
  required: ['error'],
};

const page: Schema = {
  type: 'object',
  properties: {
    data: { type: 'array', items: { type: 'object' } },
    next_page_url: { type: 'string', nullable: true },
    previous_page_url: { type: 'string', nullable: true },
  },
  required: ['data', 'next_page_url', 'previous_page_url'],
};

function answerViolations(answered: string, body: unknown): Violation[] {
  if (!answered.endsWith('[]')) return objectViolations(answered, body);
  const { data } = body as { data: unknown[] };
  const one = answered.slice(0, -2);
  return [
    ...violationsIn('a page of v2', page, body),
    ...data.flatMap((item) => objectViolations(one, item)),
  ];
}

function objectViolations(name: string, body: unknown): Violation[] {
  return name === 'Event' ? eventViolationsOfV2(body) : violationsOf(name, body);
}

let read: SdkTypes | undefined;

function types(): SdkTypes {
  read ??= readSdkTypes(
    'V2/Core/Accounts.d.ts',
    'V2/Core/AccountLinks.d.ts',
    'V2/Core/Events.d.ts',
    'V2/Core/EventDestinations.d.ts',
    'V2/DeletedObject.d.ts',
  );
  return read;
}

alsoLookIn((name) => (types().names.includes(name) ? types().schemaOf(name) : undefined));

/** `v2.core.account[requirements].updated` is `V2CoreAccountIncludingRequirementsUpdatedEvent`. */
function nameOfEvent(type: string): string | undefined {
  const words = type.replaceAll('[', '.including.').replaceAll(']', '').split(/[._]/);
  const name = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
  return types().names.find((known) => known === `${name}Event`);
}
