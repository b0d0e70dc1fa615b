import {
  type Currency,
  leastPayout,
  type MinorUnits,
  money,
  type Money,
  payoutStepOf,
} from '../money.ts';
import { alwaysAutomatic, globalPayouts, recipientAgreement, selfServe } from './corridors.ts';
import { isCountry, usualCurrency } from './currencies.ts';
import { leastInCountry } from './minimums.ts';

/**
 * How the buyer's payment is made. `transfer`: the platform takes it and sends the seller's part
 * later. `destination`: one charge that names the seller, without `on_behalf_of`. `on-behalf-of`:
 * the seller is the merchant. `direct`: the charge is made at the seller's account.
 */
export type Flow = (typeof flows)[number];
export const flows = ['transfer', 'destination', 'on-behalf-of', 'direct'] as const;

/** The service agreement between Stripe and the seller. It cannot be changed later. */
export type Agreement = (typeof agreements)[number];
export const agreements = ['full', 'recipient'] as const;

/** What decides a route. Countries are ISO 3166-1 alpha-2 codes in upper case. */
export type RouteFacts = {
  platform: string;
  seller: string;
  /** The currency of the payout, in lower case. */
  currency: string;
  flow: Flow;
  /** `full` for a seller without an account: the engine creates no other accounts. */
  agreement: Agreement;
};

/**
 * What decides whether the platform's own money, which needs a transfer, reaches a seller.
 * `agreement` is null while it was not read from the account.
 */
export type Corridor = Pick<RouteFacts, 'platform' | 'seller'> & { agreement: Agreement | null };

/** How the platform's money reaches a bank account of the seller, or that it cannot. */
export type RouteOutcome = (typeof routeOutcomes)[number];
export const routeOutcomes = [
  'domestic',
  'cross-border',
  'recipient-agreement',
  'unsupported',
] as const;

/** What happens to the money, in this order. */
export type RouteStep = (typeof routeSteps)[number];
export const routeSteps = ['transfer', 'wait-for-arrival', 'payout'] as const;

/** Why a route is as it is: a code for programs. */
export type RouteReason = keyof typeof reasons;

type ReasonRow = { outcome: RouteOutcome; says: (platform: string, seller: string) => string };

/** The outcome of each reason, and the reason as a sentence of both countries. */
const reasons = {
  'same-country': {
    outcome: 'domestic',
    says: (_platform: string, seller: string) => `Platform and seller are both in ${seller}`,
  },
  'made-at-the-seller': {
    outcome: 'domestic',
    says: (_platform: string, seller: string) =>
      `The charge is made at the seller’s own account in ${seller}, so nothing is sent across a border`,
  },
  'self-serve-corridor': {
    outcome: 'cross-border',
    says: (platform: string, seller: string) =>
      `Stripe lets a platform in ${platform} send money to sellers in ${seller}`,
  },
  'recipient-corridor': {
    outcome: 'recipient-agreement',
    says: (platform: string, seller: string) =>
      `Stripe lets a platform in ${platform} send money to accounts in ${seller} that signed the recipient agreement`,
  },
  'no-accounts-there': {
    outcome: 'unsupported',
    says: (_platform: string, seller: string) =>
      `Stripe is not known to open accounts in ${seller}, so no charge can be made there`,
  },
  'paid-out-by-stripe-alone': {
    outcome: 'unsupported',
    says: (_platform: string, seller: string) =>
      `Stripe pays accounts in ${seller} out automatically every day, so the engine cannot pay them`,
  },
  'flow-not-across-borders': {
    outcome: 'unsupported',
    says: (platform: string, seller: string) =>
      `From ${platform} to ${seller}, Stripe allows separate charges and transfers and destination charges, both without \`on_behalf_of\``,
  },
  'recipient-not-self-serve': {
    outcome: 'unsupported',
    says: (platform: string, seller: string) =>
      `From ${platform} to ${seller}, Stripe sends money only to accounts under the full service agreement, and an account cannot change its agreement`,
  },
  'needs-recipient-agreement': {
    outcome: 'unsupported',
    says: (platform: string, seller: string) =>
      `From ${platform} to ${seller}, Stripe sends money only to accounts under the recipient agreement. The engine does not create such accounts, and Stripe must approve each`,
  },
  'outside-the-region': {
    outcome: 'unsupported',
    says: (platform: string, seller: string) =>
      `Stripe does not let a platform in ${platform} send money to accounts in ${seller}`,
  },
} satisfies Record<string, ReasonRow>;

/** Every reason of a route. */
export const routeReasons = Object.keys(reasons) as [RouteReason, ...RouteReason[]];

/** A route. Nothing of it is a promise of Stripe: only the transfer itself proves it. */
export type Route = {
  outcome: RouteOutcome;
  reason: RouteReason;
  steps: readonly RouteStep[];
  /** The smallest payout, after conversion. Null if nothing can be paid. */
  least: Money | null;
  /** A payout is rounded down to a multiple of this, in minor units. */
  payoutStep: number;
  /** Hours that Stripe keeps a transfer pending at the seller, in addition to its usual time. */
  extraHours: number;
  fees: readonly RouteFee[];
};

/** A fee that Stripe may charge for a route. */
export type RouteFee = (typeof routeFees)[number];
export const routeFees = ['cross-border-payout', 'conversion'] as const;

const viaGlobalPayouts =
  'Stripe’s Global Payouts may reach such sellers; the engine does not use it';

/**
 * Decides how money reaches a seller, before any money moves. `GET /v1/country_specs` of Stripe does
 * not say which agreement a corridor needs, so the tables of this folder decide.
 */
export function route(facts: RouteFacts): Route {
  const reason = reasonOf(facts);
  const { outcome }: ReasonRow = reasons[reason];
  const isRecipient = outcome === 'recipient-agreement';
  const isSent = outcome === 'cross-border' || isRecipient;
  return {
    outcome,
    reason,
    steps: stepsOf(outcome, facts.flow),
    least:
      outcome === 'unsupported'
        ? null
        : money(leastPayoutTo(facts, facts.currency), facts.currency),
    payoutStep: payoutStepOf(facts.currency),
    extraHours: isRecipient ? 24 : 0,
    fees: isSent ? ['cross-border-payout', 'conversion'] : [],
  };
}

/**
 * The countries to which the tables let a platform send money, under any agreement, as in
 * `supported_transfer_countries` of GET /v1/country_specs.
 */
export function reachableFrom(platform: string): ReadonlySet<string> {
  const named = [...selfServe.countries, ...recipientAgreement.countries];
  const isReached = (seller: string): boolean =>
    isSelfServe(platform, seller) || needsRecipient(platform, seller);
  return new Set([platform, ...named.filter(isReached)]);
}

/** The reason of a route as a sentence for the platform. */
export function sayRoute({ reason, outcome }: Route, facts: RouteFacts): string {
  const { platform, seller, currency } = facts;
  if (outcome === 'unsupported') return sayUnsupported(reason, facts);
  const sentence = reasons[reason].says(platform, seller);
  if (currency === usualCurrency(seller)) return sentence;
  return `${sentence}. Accounts in ${seller} are usually paid in ${usualCurrency(seller)}: a payout in ${currency} needs a bank account in ${currency}`;
}

/**
 * Why the platform's own money cannot reach the seller, as a sentence for the platform. Null if it
 * can, or if that is not known yet. Every decision about a transfer follows from this function. The
 * SQL `lacksRoute` in db/accounts/corridors.ts repeats the rule, and a test compares the two.
 */
export function whyNoRoute(corridor: Corridor | null | undefined): string | null {
  if (!corridor) return null;
  const { platform, seller } = corridor;
  const possible = corridor.agreement === null ? agreements : [corridor.agreement];
  const all = possible.map((agreement) => {
    return reasonOf({ platform, seller, agreement, flow: 'transfer' });
  });
  const [reason] = all;
  const isClosed = all.every((one) => reasons[one].outcome === 'unsupported');
  return isClosed && reason !== undefined ? sayUnsupported(reason, corridor) : null;
}

function sayUnsupported(
  reason: RouteReason,
  { platform, seller }: Pick<RouteFacts, 'platform' | 'seller'>,
): string {
  const sentence = reasons[reason].says(platform, seller);
  const mayTry = globalPayouts.countries.has(platform) && reason !== 'no-accounts-there';
  return mayTry ? `${sentence}. ${viaGlobalPayouts}` : sentence;
}

/**
 * The smallest amount that Stripe pays out to a seller of this corridor in this currency, in minor
 * units. Stripe states it by country for the currency of the country alone; otherwise, and while the
 * corridor is not known, the smallest amount of the currency counts.
 */
export function leastPayoutTo(
  corridor: Corridor | null | undefined,
  currency: Currency,
): MinorUnits {
  if (!corridor || !isCountry(corridor.seller)) return leastPayout(currency);
  if (currency !== usualCurrency(corridor.seller)) return leastPayout(currency);
  return leastInCountry(corridor.seller, corridor.agreement === 'recipient').amount;
}

function reasonOf(facts: Omit<RouteFacts, 'currency'>): RouteReason {
  const { platform, seller, flow, agreement } = facts;
  if (alwaysAutomatic.countries.has(seller)) return 'paid-out-by-stripe-alone';
  if (flow === 'direct') return hasAccounts(seller) ? 'made-at-the-seller' : 'no-accounts-there';
  if (platform === seller) return 'same-country';
  if (isSelfServe(platform, seller)) {
    if (agreement === 'recipient') return 'recipient-not-self-serve';
    return flow === 'on-behalf-of' ? 'flow-not-across-borders' : 'self-serve-corridor';
  }
  if (needsRecipient(platform, seller)) {
    if (agreement === 'full') return 'needs-recipient-agreement';
    return flow === 'transfer' ? 'recipient-corridor' : 'flow-not-across-borders';
  }
  return 'outside-the-region';
}

/** True if our tables know that Stripe has accounts in the country. */
function hasAccounts(country: string): boolean {
  return selfServe.countries.has(country) || recipientAgreement.countries.has(country);
}

function isSelfServe(platform: string, seller: string): boolean {
  return selfServe.countries.has(platform) && selfServe.countries.has(seller);
}

function needsRecipient(platform: string, seller: string): boolean {
  return platform === 'US' && recipientAgreement.countries.has(seller);
}

function stepsOf(outcome: RouteOutcome, flow: Flow): readonly RouteStep[] {
  if (outcome === 'unsupported') return [];
  const arrival: RouteStep[] = outcome === 'domestic' ? [] : ['wait-for-arrival'];
  return flow === 'transfer' ? ['transfer', ...arrival, 'payout'] : [...arrival, 'payout'];
}
