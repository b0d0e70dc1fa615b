import type { Failure, FailureNext } from './failures.ts';
import { isDue, type Requirement } from './requirements.ts';

/** Why a capability is not active, in Stripe's codes. */
export type CapabilityDetail = {
  capability: 'transfers' | 'payouts';
  code: string;
  /** How it can become active: `provide_info`, `contact_stripe` or `no_resolution`. */
  resolution: string;
};

/** What Stripe lets an account do, and what it asks for. */
export type AccountStanding = {
  /** Null until the account was read. */
  transfers: string | null;
  payouts: string | null;
  details: readonly CapabilityDetail[];
  requirements: readonly Requirement[];
};

const later = 'Your money is safe and is sent when this is done.';
const give = 'Please open your payout settings and enter what is asked for.';
const support = 'Please write to support; your money is safe meanwhile.';

const answer =
  (next: FailureNext, what: string) =>
  (forSeller: string, forOperator: string): Failure => ({
    next,
    forSeller: `${forSeller} ${what}`,
    forOperator,
  });
const wait = answer('wait', later);
const asked = answer('new-details', give);
const operator = answer('operator', support);
const rejection = (by: string): Failure => operator(refused, `${by}. ${forGood}: ask Stripe`);

const reviewed = 'Your details are being checked.';
const refused = 'You cannot be paid here.';
const stopped = 'Payments to you are stopped.';
const lacking = 'Some details are missing.';
const forGood = 'That is for good unless Stripe takes it back';

/** What each state of a capability means by itself: the states of v2 and v1, and two of our own. */
const states = new Map<string, Failure>([
  ['pending', wait(reviewed, 'Stripe is reviewing the account')],
  ['restricted', operator(stopped, 'Stripe names no reason and asks for nothing: ask Stripe')],
  ['inactive', operator(stopped, 'Stripe names no reason and asks for nothing: ask Stripe')],
  ['rejected', rejection('Stripe rejected the account')],
  ['unsupported', operator(refused, 'Stripe does not offer this to such an account')],
  ['unrequested', operator(stopped, 'The capability was never asked for: ask for it at Stripe')],
  ['absent', operator(stopped, 'The account has no such capability: ask for it at Stripe')],
  [
    'unreadable',
    operator(stopped, 'The key may not read the account: it was disconnected, or the key is wrong'),
  ],
]);

/**
 * What each reason means: v2's `status_details`, and v1's `disabled_reason` of accounts and
 * capabilities. Points in v1's codes are written as underscores here.
 */
const reasons = new Map<string, Failure>([
  ['determining_status', wait(reviewed, 'Stripe is working out what the account may do')],
  ['requirements_past_due', asked(lacking, 'What Stripe asked for is overdue')],
  ['requirements_pending_verification', wait(reviewed, 'Stripe is verifying what was given')],
  ['requirements_fields_needed', asked(lacking, 'Stripe asks for more before it allows this')],
  ['pending_onboarding', asked('You have not finished signing up.', 'Onboarding is not finished')],
  ['pending_review', wait(reviewed, 'Stripe is reviewing the account')],
  ['under_review', wait(reviewed, 'Stripe is reviewing the account')],
  ['listed', wait(reviewed, 'The holder may be on a list of those barred: Stripe looks into it')],
  ['rejected_fraud', rejection('Stripe rejected the account as fraud')],
  ['rejected_inactivity', rejection('Stripe ended it, as it was not used')],
  ['rejected_incomplete_verification', rejection('Stripe could not verify the account in time')],
  ['rejected_listed', rejection('Stripe found the person or business on a list of those barred')],
  ['rejected_other', rejection('Stripe rejected the account')],
  ['rejected_platform_fraud', rejection('The platform rejected the account as fraud')],
  ['rejected_platform_other', rejection('The platform rejected the account')],
  ['rejected_platform_terms_of_service', rejection('The platform rejected it for its terms')],
  ['rejected_terms_of_service', rejection('Stripe rejected it for its terms of service')],
  ['rejected_unsupported_business', rejection('Stripe does not support this kind of business')],
  ['restricted_other', operator(stopped, 'Stripe restricts the account without a reason')],
  ['other', operator(stopped, 'Stripe restricts the account without a reason')],
  ['unsupported_business', operator(refused, 'Stripe does not support this kind of business')],
  ['unsupported_country', operator(refused, 'Stripe does not support this in the country')],
  ['unsupported_entity_type', operator(refused, 'Stripe does not support this kind of holder')],
  ['paused_inactivity', operator(stopped, 'Stripe paused it, as it was not used: ask for it anew')],
  ['platform_disabled', operator(stopped, 'The platform may not use this capability: ask Stripe')],
  ['platform_paused', operator(stopped, 'The platform paused the account at Stripe: unpause it')],
  [
    'action_required_requested_capabilities',
    operator(stopped, 'No capability was asked for: ask for transfers at Stripe'),
  ],
]);

/** Every state of a capability that has a text, for lists and tests. */
export const capabilityStates: readonly string[] = [...states.keys()];

/** True for a reason that has its own text. */
export function isKnownReason(code: string): boolean {
  return reasons.has(underscored(code));
}

function underscored(code: string): string {
  return code.replaceAll('.', '_');
}

/** Who must act, by Stripe's resolution. For `no_resolution`, the reason decides. */
const nextByResolution = new Map<string, FailureNext>([
  ['provide_info', 'new-details'],
  ['contact_stripe', 'operator'],
]);

/** What a reason of Stripe's means. An unknown reason needs an operator. */
export function capabilityFailureOf(code: string, resolution = 'no_resolution'): Failure {
  const known =
    reasons.get(underscored(code)) ?? operator(stopped, `Stripe says ${code}: ask Stripe`);
  const next = nextByResolution.get(resolution) ?? known.next;
  if (next === known.next) return known;
  return (next === 'operator' ? operator : asked)(stopped, known.forOperator);
}

/** What a capability's state means if Stripe gives no reason. */
export function capabilityStateOf(state: string): Failure {
  return states.get(state) ?? operator(stopped, `Stripe calls it ${state}: ask Stripe`);
}

/** The states that no input from the seller can end. */
const finalStates = new Set(['rejected', 'unsupported', 'unreadable']);

/**
 * Why an account may not be paid and who must act. Null if it may be paid. Stripe's requirements
 * come first, because fulfilling them helps. Otherwise Stripe's reasons decide, first those that
 * need an operator, then those that pass. Without a reason, the state decides.
 */
export function accountFailureOf({
  transfers,
  payouts,
  details,
  requirements,
}: AccountStanding): Failure | null {
  const others = [transfers, payouts].flatMap((state) => {
    return state === null || state === 'active' ? [] : [state];
  });
  if (others.length === 0) return null;
  const isFinal = others.some((state) => finalStates.has(state));
  const due = isFinal ? [] : requirements.filter(isDue);
  if (due.some(({ mustAct }) => mustAct === 'seller')) {
    return asked(lacking, 'Stripe asks the seller for more');
  }
  if (due.length > 0) return wait(reviewed, 'Stripe is verifying what was given');
  const told = details.map(({ code, resolution }) => capabilityFailureOf(code, resolution));
  return mostUrgent(told) ?? mostUrgent(others.map(capabilityStateOf));
}

function mostUrgent(failures: readonly Failure[]): Failure | null {
  const order: FailureNext[] = ['operator', 'new-details', 'talk-to-bank', 'wait'];
  return order.flatMap((next) => failures.find((one) => one.next === next) ?? [])[0] ?? null;
}
