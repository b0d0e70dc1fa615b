import type { Failure, FailureNext } from './failures.ts';
import { isDue, type Requirement } from './requirements.ts';

/** Why a capability is not active, in Stripe's codes. */
export type CapabilityDetail = {
  capability: 'transfers' | 'payouts';
  code: string;
  /** How the capability can become active: `provide_info`, `contact_stripe` or `no_resolution`. */
  resolution: string;
};

/** The capabilities and requirements of an account at Stripe. */
export type AccountStanding = {
  /** Null until the account was read. */
  transfers: string | null;
  payouts: string | null;
  details: readonly CapabilityDetail[];
  requirements: readonly Requirement[];
};

const later = 'Your money is safe and is sent when this is done.';
const give = 'Please open your payout settings and enter the requested details.';
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
const forGood = 'This is permanent unless Stripe withdraws the rejection';

/**
 * The meaning of each state of a capability without a reason: the states of Stripe's v1 and v2, and
 * two of the engine.
 */
const states = new Map<string, Failure>([
  ['pending', wait(reviewed, 'Stripe is reviewing the account')],
  ['restricted', operator(stopped, 'Stripe gives no reason and requires nothing: ask Stripe')],
  ['inactive', operator(stopped, 'Stripe gives no reason and requires nothing: ask Stripe')],
  ['rejected', rejection('Stripe rejected the account')],
  ['unsupported', operator(refused, 'Stripe does not offer this to accounts of this kind')],
  ['unrequested', operator(stopped, 'The capability was never requested: request it at Stripe')],
  ['absent', operator(stopped, 'The account does not have this capability: request it at Stripe')],
  [
    'unreadable',
    operator(stopped, 'The key may not read the account: it was disconnected, or the key is wrong'),
  ],
]);

/**
 * The meaning of each reason: `status_details` in v2, and `disabled_reason` of accounts and
 * capabilities in v1. The points in v1's codes are underscores here.
 */
const reasons = new Map<string, Failure>([
  ['determining_status', wait(reviewed, 'Stripe is determining what the account may do')],
  ['requirements_past_due', asked(lacking, 'Details that Stripe requires are overdue')],
  ['requirements_pending_verification', wait(reviewed, 'Stripe is verifying the details')],
  [
    'requirements_fields_needed',
    asked(lacking, 'Stripe requires more details before it allows this'),
  ],
  ['pending_onboarding', asked('You have not finished signing up.', 'Onboarding is not finished')],
  ['pending_review', wait(reviewed, 'Stripe is reviewing the account')],
  ['under_review', wait(reviewed, 'Stripe is reviewing the account')],
  [
    'listed',
    wait(
      reviewed,
      'The person or business may be on a list of prohibited persons: Stripe is checking',
    ),
  ],
  ['rejected_fraud', rejection('Stripe rejected the account as fraud')],
  ['rejected_inactivity', rejection('Stripe closed the account because it was not used')],
  ['rejected_incomplete_verification', rejection('Stripe could not verify the account in time')],
  [
    'rejected_listed',
    rejection('Stripe found the person or business on a list of prohibited persons'),
  ],
  ['rejected_other', rejection('Stripe rejected the account')],
  ['rejected_platform_fraud', rejection('The platform rejected the account as fraud')],
  ['rejected_platform_other', rejection('The platform rejected the account')],
  [
    'rejected_platform_terms_of_service',
    rejection('The account broke the platform’s terms of service'),
  ],
  ['rejected_terms_of_service', rejection('The account broke Stripe’s terms of service')],
  ['rejected_unsupported_business', rejection('Stripe does not support this kind of business')],
  ['restricted_other', operator(stopped, 'Stripe restricts the account without a reason')],
  ['other', operator(stopped, 'Stripe restricts the account without a reason')],
  ['unsupported_business', operator(refused, 'Stripe does not support this kind of business')],
  ['unsupported_country', operator(refused, 'Stripe does not support this in the country')],
  [
    'unsupported_entity_type',
    operator(refused, 'Stripe does not support this kind of legal entity'),
  ],
  [
    'paused_inactivity',
    operator(stopped, 'Stripe paused this because it was not used: request it again'),
  ],
  ['platform_disabled', operator(stopped, 'The platform may not use this capability: ask Stripe')],
  [
    'platform_paused',
    operator(stopped, 'The platform paused the account at Stripe: resume it there'),
  ],
  [
    'action_required_requested_capabilities',
    operator(stopped, 'No capability was requested: request transfers at Stripe'),
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

/** Who must act according to Stripe's resolution. With `no_resolution`, the reason decides. */
const nextByResolution = new Map<string, FailureNext>([
  ['provide_info', 'new-details'],
  ['contact_stripe', 'operator'],
]);

/**
 * The meaning of Stripe's reason for an inactive capability. An unknown reason needs an operator.
 */
export function capabilityFailureOf(code: string, resolution = 'no_resolution'): Failure {
  const known =
    reasons.get(underscored(code)) ?? operator(stopped, `Stripe says ${code}: ask Stripe`);
  const next = nextByResolution.get(resolution) ?? known.next;
  if (next === known.next) return known;
  return (next === 'operator' ? operator : asked)(stopped, known.forOperator);
}

/**
 * The meaning of a capability's state if Stripe gives no reason. An unknown state needs an
 * operator.
 */
export function capabilityStateOf(state: string): Failure {
  return (
    states.get(state) ??
    operator(stopped, `Stripe’s state of the capability is ${state}: ask Stripe`)
  );
}

/** The states that no input from the seller can end. */
const finalStates = new Set(['rejected', 'unsupported', 'unreadable']);

/**
 * Why an account may not be paid and who must act. Null if the account may be paid. Requirements
 * decide first, because meeting them helps. Otherwise Stripe's reasons decide; reasons that need an
 * operator come before reasons that need only time. Without a reason, the state decides.
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
    return asked(lacking, 'Stripe requires more details from the seller');
  }
  if (due.length > 0) return wait(reviewed, 'Stripe is verifying the details');
  const told = details.map(({ code, resolution }) => capabilityFailureOf(code, resolution));
  return mostUrgent(told) ?? mostUrgent(others.map(capabilityStateOf));
}

function mostUrgent(failures: readonly Failure[]): Failure | null {
  const order: FailureNext[] = ['operator', 'new-details', 'talk-to-bank', 'wait'];
  return order.flatMap((next) => failures.find((one) => one.next === next) ?? [])[0] ?? null;
}
