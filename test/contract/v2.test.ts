import type { Stripe } from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MoneySandbox, startMoneySandbox } from '../sandbox/money/stage.ts';
import { violationsOf } from './schemas.ts';
import { eventViolationsOfV2 } from './v2.ts';

/*
 * The compiler holds these objects against the package's types, and the tests hold the sandbox and
 * our reading of those types against these objects: where the two disagree, one of them is wrong.
 */

let s: MoneySandbox;
let id: string;

beforeAll(async () => {
  s = await startMoneySandbox();
  id = await s.seller();
});
afterAll(() => s.close());

const moment = '2026-11-23T10:00:00.000Z';
const active = { status: 'active' as const, status_details: [] };

const account = {
  id: 'acct_1',
  object: 'v2.core.account',
  applied_configurations: ['recipient'],
  closed: false,
  configuration: {
    recipient: {
      applied: true,
      capabilities: { stripe_balance: { stripe_transfers: active, payouts: active } },
    },
  },
  contact_email: 'seller@example.com',
  created: moment,
  dashboard: 'none',
  defaults: {
    currency: 'usd',
    responsibilities: {
      fees_collector: 'application',
      losses_collector: 'application',
      requirements_collector: 'application',
    },
  },
  identity: {
    attestations: { terms_of_service: { account: { date: moment, ip: '127.0.0.1' } } },
    country: 'us',
    entity_type: 'individual',
    individual: {
      id: 'person_1',
      object: 'v2.core.account_person',
      account: 'acct_1',
      address: {
        city: 'San Francisco',
        country: 'us',
        line1: 'address_full_match',
        postal_code: '94111',
        state: 'CA',
      },
      created: moment,
      date_of_birth: { day: 1, month: 1, year: 1902 },
      given_name: 'Jenny',
      id_numbers: [{ type: 'us_ssn' }],
      surname: 'Rosen',
      updated: moment,
    },
  },
  livemode: false,
  metadata: {},
  requirements: { alternatives: [], entries: [], summary: {} },
} satisfies Stripe.V2.Core.Account;

const link = {
  object: 'v2.core.account_link',
  account: 'acct_1',
  created: moment,
  expires_at: moment,
  livemode: false,
  url: 'http://127.0.0.1/setup/link_1',
  use_case: {
    type: 'account_onboarding',
    account_onboarding: {
      refresh_url: 'https://shop.example/on',
      return_url: 'https://shop.example/done',
    },
  },
} satisfies Stripe.V2.Core.AccountLink;

const event = {
  id: 'evt_1',
  object: 'v2.core.event',
  created: moment,
  data: { updated_capability: 'stripe_balance.payouts' },
  livemode: false,
  related_object: { id: 'acct_1', type: 'v2.core.account', url: '/v2/core/accounts/acct_1' },
  type: 'v2.core.account[configuration.recipient].capability_status_updated',
} satisfies Omit<
  Stripe.Events.V2CoreAccountIncludingConfigurationRecipientCapabilityStatusUpdatedEvent,
  'fetchRelatedObject'
>;

test.each<[string, object]>([
  ['Account', account],
  ['AccountLink', link],
])('what the compiler takes as %s is no violation', (name, value) => {
  expect(violationsOf(name, value)).toEqual([]);
});

test('what the compiler takes as an event is no violation', () => {
  expect(eventViolationsOfV2(event)).toEqual([]);
});

test('an account has the fields of the package’s type', async () => {
  const shown = await s.stripe.v2.core.accounts.retrieve(id, {
    include: ['configuration.recipient', 'defaults', 'identity', 'requirements'],
  });
  expect(kindsOf(shown)).toEqual(kindsOf(account));
});

test('a link has the fields of the package’s type', async () => {
  const { use_case } = link;
  const made = await s.stripe.v2.core.accountLinks.create({ account: id, use_case });
  expect(kindsOf(made)).toEqual(kindsOf(link));
});

test('an event has the fields of the package’s type', async () => {
  const { data } = await s.stripe.v2.core.events.list({ object_id: id, types: [event.type] });
  expect(kindsOf(data[0])).toEqual(kindsOf(event));
});

/** The kind of every value in the place of the value; what is null or empty is as if absent. */
function kindsOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(kindsOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  const there = Object.entries(value).filter(
    ([name, inner]) => inner !== null && typeof inner !== 'function' && name !== 'lastResponse',
  );
  return Object.fromEntries(there.map(([name, inner]) => [name, kindsOf(inner)]));
}
