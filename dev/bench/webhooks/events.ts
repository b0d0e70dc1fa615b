/** An account of the bench, and a payout of the engine that Stripe has. */
export type Subject = { account: string; payout: string };

type Body = Record<string, unknown>;
type Kind = {
  type: string;
  /** Out of a hundred events. */
  share: number;
  /** True for events of the platform itself, not of a connected account. */
  isPlatforms?: boolean;
  objectOf: (subject: Subject, id: string) => Body;
};

/**
 * The events that Stripe sends on a payday: most are about payouts and balances, a few about a
 * changed account. Only the last kind wakes a workflow here. For `balance.available`, the engine
 * must look up who waits; for `payout.created`, whose payout the event is about.
 */
export const kinds: readonly Kind[] = [
  { type: 'payout.updated', share: 44, objectOf: ({ payout }) => payoutObject(payout) },
  { type: 'payout.created', share: 25, objectOf: ({ payout }) => payoutObject(payout) },
  { type: 'balance.available', share: 20, objectOf: balanceObject },
  { type: 'transfer.created', share: 10, isPlatforms: true, objectOf: transferObject },
  { type: 'account.updated', share: 1, objectOf: ({ account }) => accountObject(account) },
];

/**
 * Chooses the kind of the next event, so that each kind is spread as evenly as its share allows.
 */
export function kindAt(index: number): Kind {
  // A step without a common divisor with 100 visits every place once.
  let place = (index * 37) % 100;
  for (const kind of kinds) {
    if (place < kind.share) return kind;
    place -= kind.share;
  }
  throw new RangeError('the shares are less than a hundred');
}

/** Creates the body of a snapshot event as Stripe sends it: indented, 1.5 to 3.5 kB. */
export function bodyOf(kind: Kind, subject: Subject, id: string): string {
  const { account } = subject;
  const event = {
    id: `evt_${id}`,
    object: 'event',
    ...(!kind.isPlatforms && { account }),
    api_version: '2026-03-25.dahlia',
    created: Math.floor(Date.now() / 1000),
    data: { object: kind.objectOf(subject, id), previous_attributes: { status: 'pending' } },
    livemode: false,
    pending_webhooks: 1,
    request: { id: `req_${id}`, idempotency_key: `${id}/step/1` },
    type: kind.type,
  };
  return JSON.stringify(event, undefined, 2);
}

function payoutObject(payout: string): Body {
  const end = payout.slice(3);
  return {
    id: payout,
    object: 'payout',
    amount: 25_00,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: 1_790_812_800,
    automatic: false,
    balance_transaction: `txn_${end}`,
    created: 1_790_640_000,
    currency: 'eur',
    description: null,
    destination: `ba_${end}`,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: { payout: `payout_${end}`, seller: `sel_${end}`, attempt: '1' },
    method: 'standard',
    original_payout: null,
    payout_method: null,
    reconciliation_status: 'not_applicable',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: null,
    status: 'in_transit',
    trace_id: { status: 'pending', value: null },
    type: 'bank_account',
  };
}

function balanceObject(): Body {
  const amounts = (amount: number): Body[] => {
    return ['eur', 'usd'].map((currency) => {
      return { amount, currency, source_types: { bank_account: 0, card: amount } };
    });
  };
  return {
    object: 'balance',
    available: amounts(25_00),
    instant_available: amounts(0),
    livemode: false,
    pending: amounts(12_00),
    refund_and_dispute_prefunding: { available: amounts(0), pending: amounts(0) },
  };
}

function transferObject({ account, payout }: Subject, id: string): Body {
  return {
    id: `tr_${id}`,
    object: 'transfer',
    amount: 25_00,
    amount_reversed: 0,
    balance_transaction: `txn_${id}`,
    created: 1_790_640_000,
    currency: 'eur',
    description: null,
    destination: account,
    destination_payment: `py_${id}`,
    livemode: false,
    metadata: { payout: `payout_${payout.slice(3)}`, attempt: '1' },
    reversals: {
      object: 'list',
      data: [],
      has_more: false,
      total_count: 0,
      url: `/v1/transfers/tr_${id}/reversals`,
    },
    reversed: false,
    source_transaction: null,
    source_type: 'card',
    transfer_group: `payout_${payout.slice(3)}`,
  };
}

function accountObject(account: string): Body {
  const requirements = {
    alternatives: [],
    current_deadline: null,
    currently_due: ['individual.verification.document', 'external_account'],
    disabled_reason: null,
    errors: [],
    eventually_due: ['individual.verification.document', 'external_account', 'individual.phone'],
    past_due: [],
    pending_verification: [],
  };
  const address = { city: 'Berlin', country: 'DE', line1: '-', line2: null, postal_code: '10115' };
  return {
    id: account,
    object: 'account',
    business_profile: { annual_revenue: null, mcc: '5734', name: null, product_description: null },
    business_type: 'individual',
    capabilities: { transfers: 'active' },
    charges_enabled: false,
    controller: {
      fees: { payer: 'application' },
      is_controller: true,
      losses: { payments: 'application' },
      requirement_collection: 'application',
      stripe_dashboard: { type: 'none' },
      type: 'application',
    },
    country: 'DE',
    created: 1_790_000_000,
    default_currency: 'eur',
    details_submitted: true,
    email: 'seller@example.com',
    external_accounts: { object: 'list', data: [], has_more: false, total_count: 1, url: '/v1' },
    future_requirements: requirements,
    individual: { id: `person_${account.slice(5)}`, account, address, object: 'person' },
    metadata: {},
    payouts_enabled: true,
    requirements,
    settings: {
      dashboard: { display_name: null, timezone: 'Etc/UTC' },
      payments: { statement_descriptor: null, statement_descriptor_kana: null },
      payouts: { debit_negative_balances: true, schedule: { delay_days: 7, interval: 'manual' } },
    },
    tos_acceptance: { date: 1_790_000_000, ip: '192.0.2.1', service_agreement: 'full' },
    type: 'none',
  };
}
