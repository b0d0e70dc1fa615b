import { isPast, sayDay } from '../dates.ts';
import type { Failure } from './failures.ts';
import { requirementErrorOf } from './requirement-errors.ts';

/** Something that Stripe requires from an account. No personal data. */
export type Requirement = {
  /** Stripe's name of the requirement, such as `identity.individual.address`. */
  description: string;
  mustAct: 'seller' | 'stripe';
  deadline: 'eventually_due' | 'currently_due' | 'past_due';
  /** The day of the deadline. Null if Stripe names none. */
  deadlineAt: string | null;
  /** The capabilities that Stripe stops or does not start until the requirement is met. */
  blocks: string[];
  /** Stripe's error codes for the details that were given. */
  errors: string[];
};

/**
 * True if the requirement is due now. Stripe announces other requirements in advance. The SQL of
 * `readSellerForWorkflow` repeats this rule.
 */
export function isDue({ deadline }: Pick<Requirement, 'deadline'>): boolean {
  return deadline !== 'eventually_due';
}

/** The number of requirements that are due now, and the earliest deadline of all. */
export function dueOf(requirements: readonly Requirement[]): { now: number; by: string | null } {
  const deadlines = requirements.flatMap(({ deadlineAt }) => deadlineAt ?? []);
  return { now: requirements.filter(isDue).length, by: deadlines.sort()[0] ?? null };
}

const capabilities: Record<string, string> = {
  'stripe_balance.stripe_transfers': 'transfers from the platform',
  'stripe_balance.payouts': 'payouts to the bank',
};

const whens: Record<Requirement['deadline'], string> = {
  eventually_due: 'later',
  currently_due: 'now',
  past_due: 'overdue',
};

/** Describes a requirement in one sentence: what, from whom, by when, and what it is needed for. */
export function describeRequirement(requirement: Requirement, now: string): string {
  const { deadline, deadlineAt, mustAct, blocks, errors } = requirement;
  const who = mustAct === 'seller' ? 'The seller must provide' : 'Stripe is checking';
  const by = deadlineAt === null ? whens[deadline] : sayDue(deadlineAt, now);
  const needing = blocks.map((capability) => capabilities[capability] ?? capability);
  return [
    `${who}: ${wordsOf(requirement.description)} (${by})`,
    ...(errors.length > 0 ? [`the details are wrong: ${errors.map(toldOf).join(', ')}`] : []),
    ...(needing.length > 0 ? [`needed for ${needing.join(' and ')}`] : []),
  ].join('; ');
}

/** A day that has passed is not promised again. */
function sayDue(day: string, now: string): string {
  return isPast(day, now) ? `was due on ${sayDay(day)}` : `by ${sayDay(day)}`;
}

const toldOf = (code: string): string => requirementErrorOf(code).forOperator;

/** Explains to the seller and to the operator what to do about a requirement. */
export function requirementFailureOf(requirement: Requirement, now: string): Failure {
  const { description, deadline, deadlineAt, mustAct, errors } = requirement;
  const forOperator = describeRequirement(requirement, now);
  const what = wordsOf(description);
  if (mustAct === 'stripe') {
    const forSeller = `Your details are being checked (${what}). You do not need to do anything now.`;
    return { next: 'wait', forSeller, forOperator };
  }
  const wrong = errors.map(requirementErrorOf);
  const first = wrong.find(({ next }) => next === 'operator') ?? wrong[0];
  if (first) return { ...first, forOperator };
  if (deadline === 'eventually_due') {
    return { next: 'wait', forSeller: `You will be asked for this later: ${what}.`, forOperator };
  }
  const ask = deadlineAt === null ? 'Please enter this' : askBy(deadlineAt, now);
  const forSeller = `${ask}: ${what}. It is needed for payments to you.`;
  return { next: 'new-details', forSeller, forOperator };
}

function askBy(day: string, now: string): string {
  return isPast(day, now)
    ? `This was due on ${sayDay(day)}. Please enter it now`
    : `Please enter this by ${sayDay(day)}`;
}

/** The number of requirements that a sentence names before `and 3 more`. */
const mostNamed = 4;

/**
 * Describes the requirements that are due now: one sentence for the seller's, and one for Stripe's.
 */
export function describeDue(requirements: readonly Requirement[], now: string): string[] {
  const due = requirements.filter(isDue);
  return (['seller', 'stripe'] as const).flatMap((who) => {
    const own = due.filter(({ mustAct }) => mustAct === who);
    if (own.length === 0) return [];
    const by = sayFirstDue(own, now);
    const begin = who === 'seller' ? 'Stripe asks the seller for' : 'Stripe is checking';
    return [`${begin} ${listed(own.map(({ description }) => wordsOf(description)))}${by}`];
  });
}

/** The first due date, and how many of the requirements have none. */
function sayFirstDue(all: readonly Requirement[], now: string): string {
  const isOverdue = all.some(({ deadline }) => deadline === 'past_due');
  const dates = all.flatMap(({ deadlineAt }) => deadlineAt ?? []).sort();
  const [first] = dates;
  if (first === undefined) return isOverdue ? ' (overdue)' : ', without a due date';
  const undated = all.length - dates.length;
  const others = undated === 0 ? '' : ` (${undated} of them without a due date)`;
  if (isPast(first, now)) return ` (was due on ${sayDay(first)})${others}`;
  return ` by ${sayDay(first)}${isOverdue ? ' (overdue)' : ''}${others}`;
}

function listed(names: readonly string[]): string {
  const more = names.length - mostNamed;
  const named = names.slice(0, mostNamed).join(', ');
  return more > 0 ? `${named} and ${more} more` : named;
}

/** The requirements whose field names say little to a seller. */
const names: Record<string, string> = {
  external_account: 'bank account',
  'identity.attestations.terms_of_service.account': 'acceptance of the terms of service',
};

/** Converts a field name to words: `identity.individual.id_number` becomes `identity number`. */
function wordsOf(name: string): string {
  const own = names[name];
  if (own !== undefined) return own;
  return name
    .replace(/^identity\./, '')
    .replace(/^individual\./, '')
    .replace(/^business_details\./, 'business_')
    .replace(/\bid_number|_id_number/, (field) => field.replace('id_', 'identity_'))
    .replaceAll('.', ': ')
    .replaceAll('_', ' ');
}

/** Adds to a requirement the texts that explain it, as the API shows them. */
export function explainRequirement(requirement: Requirement, now: string) {
  const { next, forSeller } = requirementFailureOf(requirement, now);
  return { ...requirement, text: describeRequirement(requirement, now), next, forSeller };
}
