import { sayDay } from '../dates.ts';
import type { Failure } from './failures.ts';
import { requirementErrorOf } from './requirement-errors.ts';

/** One thing that Stripe asks for before it lets an account do everything. No personal data. */
export type Requirement = {
  /** Stripe's own name for it, as `identity.individual.address`. */
  description: string;
  mustAct: 'seller' | 'stripe';
  deadline: 'eventually_due' | 'currently_due' | 'past_due';
  /** The day, where Stripe names one. */
  deadlineAt: string | null;
  /** Capabilities that end, or do not begin, without it. */
  blocks: string[];
  /** Codes of what was wrong with what was given. */
  errors: string[];
};

/**
 * True for what is asked for now; the rest Stripe only announces. The SQL of
 * `readSellerForWorkflow` repeats this rule.
 */
export function isDue({ deadline }: Pick<Requirement, 'deadline'>): boolean {
  return deadline !== 'eventually_due';
}

/** How many are due now, and the first deadline that Stripe names for any. */
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

/** A requirement in one sentence: what, who, by when, and what stands still without it. */
export function describeRequirement(requirement: Requirement): string {
  const { deadline, deadlineAt, mustAct, blocks, errors } = requirement;
  const who = mustAct === 'seller' ? 'The seller gives' : 'Stripe looks at';
  const by = deadlineAt === null ? whens[deadline] : `by ${sayDay(deadlineAt)}`;
  const stops = blocks.map((capability) => capabilities[capability] ?? capability);
  const isOne = blocks.length === 1 && blocks.every((capability) => !capabilities[capability]);
  return [
    `${who}: ${wordsOf(requirement.description)} (${by})`,
    ...(errors.length > 0 ? [`what was given is wrong: ${errors.map(toldOf).join(', ')}`] : []),
    ...(stops.length > 0 ? [`without it, ${stops.join(' and ')} ${isOne ? 'stops' : 'stop'}`] : []),
  ].join('; ');
}

const toldOf = (code: string): string => requirementErrorOf(code).forOperator;

/** What comes next for a requirement, and its words for the two who ask. */
export function requirementFailureOf(requirement: Requirement): Failure {
  const { description, deadline, deadlineAt, mustAct, errors } = requirement;
  const forOperator = describeRequirement(requirement);
  const what = wordsOf(description);
  if (mustAct === 'stripe') {
    const forSeller = `What you gave is being checked (${what}). There is nothing to do now.`;
    return { next: 'wait', forSeller, forOperator };
  }
  const wrong = errors.map(requirementErrorOf);
  const first = wrong.find(({ next }) => next === 'operator') ?? wrong[0];
  if (first) return { ...first, forOperator };
  if (deadline === 'eventually_due') {
    return { next: 'wait', forSeller: `You will be asked for this later: ${what}.`, forOperator };
  }
  const by = deadlineAt === null ? '' : ` by ${sayDay(deadlineAt)}`;
  const forSeller = `Please enter this${by}: ${what}. Payments to you stop without it.`;
  return { next: 'new-details', forSeller, forOperator };
}

/** Things that a person reads in one look. */
const mostNamed = 4;

/** What is asked for now, of the seller and of Stripe, in one sentence for each of them. */
export function describeDue(requirements: readonly Requirement[]): string[] {
  const due = requirements.filter(isDue);
  return (['seller', 'stripe'] as const).flatMap((who) => {
    const own = due.filter(({ mustAct }) => mustAct === who);
    if (own.length === 0) return [];
    const dates = own.flatMap(({ deadlineAt }) => deadlineAt ?? []).sort();
    const overdue = own.some(({ deadline }) => deadline === 'past_due') ? ' (overdue)' : '';
    const by = dates[0] === undefined ? overdue : ` by ${sayDay(dates[0])}${overdue}`;
    const begin = who === 'seller' ? 'Stripe asks the seller for' : 'Stripe looks at';
    return [`${begin} ${listed(own.map(({ description }) => wordsOf(description)))}${by}`];
  });
}

function listed(names: readonly string[]): string {
  const more = names.length - mostNamed;
  const named = names.slice(0, mostNamed).join(', ');
  return more > 0 ? `${named} and ${more} more` : named;
}

/** The words of a field: `identity.individual.id_number` is the person's `identity number`. */
function wordsOf(name: string): string {
  return name
    .replace(/^identity\./, '')
    .replace(/^individual\./, '')
    .replace(/^business_details\./, 'business_')
    .replace(/\bid_number|_id_number/, (field) => field.replace('id_', 'identity_'))
    .replaceAll('.', ': ')
    .replaceAll('_', ' ');
}

/** Adds the sentences that explain a requirement. */
export function explainRequirement(requirement: Requirement) {
  const { next, forSeller } = requirementFailureOf(requirement);
  return { ...requirement, text: describeRequirement(requirement), next, forSeller };
}
