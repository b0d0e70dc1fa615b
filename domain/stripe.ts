import type { PayoutId, StripeAccountId } from './ids.ts';

/** The steps of a payout that send money on its way. Each step has its own attempts. */
export type MoneyStep = (typeof moneySteps)[number];
export const moneySteps = ['transfer', 'payout'] as const;

/** Everything that is sent to Stripe at most once, as an attempt. */
export type AttemptStep = MoneyStep | 'account' | 'cancel';

/**
 * What each request that changes something at Stripe does to money. Only what lets money go is ever
 * stopped: by the money switch, a hold, a pause or a cancellation. What takes money back, or keeps
 * Stripe from moving it, is never stopped.
 */
export const requestEffects = {
  'POST /v1/transfers': 'lets-go',
  'POST /v1/payouts': 'lets-go',
  'POST /v1/payouts/cancel': 'takes-back',
  // Sets the account to manual payouts, so that Stripe does not pay it out automatically.
  'POST /v1/balance_settings': 'takes-back',
  'POST /v2/core/accounts': 'moves-nothing',
  'POST /v2/core/account_links': 'moves-nothing',
  'POST /v2/core/event_destinations': 'moves-nothing',
  'POST /v1/account_sessions': 'moves-nothing',
  'POST /v1/accounts/login_links': 'moves-nothing',
  'POST /v1/products': 'moves-nothing',
} as const satisfies Record<string, 'lets-go' | 'takes-back' | 'moves-nothing'>;

/** A request that changes something at Stripe. */
export type ChangingRequest = keyof typeof requestEffects;

/** The request that each step sends. */
export const requestOfStep = {
  transfer: 'POST /v1/transfers',
  payout: 'POST /v1/payouts',
  cancel: 'POST /v1/payouts/cancel',
  account: 'POST /v2/core/accounts',
} as const satisfies Record<AttemptStep, ChangingRequest>;

/** True if the step sends money on its way. Everything that stops money stops only such steps. */
export function letsMoneyGo(step: AttemptStep): boolean {
  return requestEffects[requestOfStep[step]] === 'lets-go';
}

/** True if the step takes money back: nothing that stops or delays money applies to it. */
export function takesMoneyBack(step: AttemptStep): boolean {
  return requestEffects[requestOfStep[step]] === 'takes-back';
}

/**
 * Why Stripe definitely refused a request, in the engine's terms. After a refusal, nothing has
 * moved.
 */
export type RefusalKind =
  | 'balance-insufficient'
  | 'capability-missing'
  | 'bank-details'
  | 'limit-reached'
  | 'permission-missing'
  | 'account-left'
  | 'confirmed-not-sent'
  | 'called-off'
  | 'other';

/**
 * Hours after the first try that may have been carried out, after which a key is no longer posted.
 * Stripe forgets v1 keys after 24 hours and would then pay again. Tries that certainly did nothing
 * do not count.
 */
export const keyAgeLimitHours = 12;

/** The states of an attempt: not decided, done by Stripe, refused by Stripe, or unknown. */
export type AttemptState = 'started' | 'succeeded' | 'refused' | 'unknown';

/**
 * The facts that decide whether a step opens its next attempt. An attempt whose every try certainly
 * did nothing counts as not sent.
 */
export type OpeningFacts = {
  step: AttemptStep;
  last: { state: AttemptState; number: number; wasSent: boolean } | null;
  isCanceled: boolean;
  /** True if something at Stripe in the payout's name is known and unexplained. */
  isUnexplained: boolean;
  /**
   * True if Stripe made something for this seller and currency that this database does not know:
   * the payout may be about to pay the same money.
   */
  isUnknownMade: boolean;
  /** True if only a person's word says that an earlier request of the step made nothing. */
  restsOnWord: boolean;
  /** True if the caller has just looked at Stripe and found nothing. */
  isLooked: boolean;
};

/** Whether a step opens its next attempt: `open`, the last attempt `stands`, or why not. */
export type Opening = 'open' | 'stands' | StoppedOpening;

/** Why a step opens no attempt, and its attempt that was never sent is not sent. */
export type StoppedOpening = 'canceled' | 'unexplained' | 'look-first';

/**
 * True for an attempt that may have made an object at Stripe. A refused attempt made nothing, and
 * one whose every try certainly did nothing was not sent. The SQL `mayHaveMade` in
 * db/schema/statuses.ts repeats this rule, and a test compares the two.
 */
export function mayHaveMade({ state, wasSent }: { state: AttemptState; wasSent: boolean }) {
  return state !== 'refused' && (wasSent || state === 'succeeded');
}

/**
 * True if a request of this attempt may have been carried out: Stripe made the object, or a try has
 * no answer that says for certain that nothing was done.
 */
export function mayBeDone({ state, tries, deniedTries }: TriedAttempt): boolean {
  return state === 'succeeded' || tries > deniedTries || (state === 'unknown' && tries === 0);
}

/**
 * True if Stripe's refusal of a try decides the attempt. `isOnlyTry`: the refusal is conclusive only
 * if every other try certainly did nothing. A brake makes an attempt unknown while its request is
 * still on its way. The late refusal decides such an attempt only if no other try may have been
 * carried out. `recordRefused` repeats this rule in SQL, and a test compares the two.
 */
export function isDecidedByRefusal(
  { state, tries, deniedTries }: TriedAttempt,
  isOnlyTry: boolean,
): boolean {
  const isAlone = tries - deniedTries === 1;
  return state === 'unknown' ? isAlone : state === 'started' && (isAlone || !isOnlyTry);
}

/** How often an attempt was sent, and how often the answer was certainly no. */
export type TriedAttempt = { state: AttemptState; tries: number; deniedTries: number };

/**
 * Decides whether a step opens its next attempt. It does if there is no attempt yet, or if the last
 * attempt was refused, so that nothing moved. Before the first attempt, nothing that Stripe made
 * for the seller may be unknown here; after a refusal, nothing in the payout's name may be
 * unexplained either. A person's word is not Stripe's refusal: the engine looks at Stripe again
 * before it relies on it. An attempt that was sent stands. The SQL of `openAttempt` repeats this
 * rule, and a test compares the two.
 */
export function openingOf(facts: OpeningFacts): Opening {
  const { step, last, isCanceled, restsOnWord, isLooked } = facts;
  const isUnsent = last?.state === 'started' && !last.wasSent;
  if (last && last.state !== 'refused' && !isUnsent) return 'stands';
  if (isCanceled && !isUnsent) return 'canceled';
  const isFirst = last === null || (isUnsent && last.number === 1);
  const isDoubtful = facts.isUnknownMade || (facts.isUnexplained && !isFirst);
  if (isDoubtful && step !== 'cancel') return 'unexplained';
  if (restsOnWord && !isLooked) return 'look-first';
  return isUnsent ? 'stands' : 'open';
}

/**
 * True if an attempt takes the request body that is asked for now: it is open and was not sent, or
 * every try certainly did nothing, so Stripe does not know its key. A sent attempt keeps its body,
 * because Stripe refuses another body under a known key. The SQL of `openAttempt` repeats this
 * rule, and a test compares the two.
 */
export function takesNewBody({ state, wasSent }: { state: AttemptState; wasSent: boolean }) {
  return state === 'started' && !wasSent;
}

/** The facts that the last check before a POST reads. */
export type ClearanceFacts = {
  state: AttemptState;
  step: AttemptStep;
  isMoneyStopped: boolean;
  /** True if a cancellation, a pause or a hold keeps the payout from being sent. */
  isBraked: boolean;
  /** True if a try of this attempt may have been carried out, as `mayBeDone` decides. */
  mayBeDone: boolean;
  /**
   * True if this database was compared with Stripe since PostgreSQL started. Before the comparison,
   * the database may be a restored backup.
   */
  isCompared: boolean;
  /** True if the payout's account could not be read in that comparison. */
  isUncomparedAccount: boolean;
  /** True if the right to send was renewed and seen recently enough, as `isClaimed` decides. */
  isClaimed: boolean;
  /** Hours since the first try that may have been carried out. Null if there is none. */
  sentHoursAgo: number | null;
};

/** Whether an attempt may be posted: `send`, or the reason why not. */
export type Clearance =
  | 'send'
  | 'too-old'
  | 'money-stopped'
  | 'braked'
  | 'look-up'
  | 'decided'
  | 'not-compared'
  | 'uncompared'
  | 'not-claimed';

/**
 * Decides, just before a POST, whether an attempt may be sent. Only what lets money go can be
 * stopped and needs the right to send; what takes money back does not even wait for the comparison.
 * A brake reaches an attempt that was sent before: if every answer was no, nothing more is sent;
 * otherwise a look-up decides, and the request is not repeated. The SQL of `clearTry` repeats this
 * rule in the statement that locks the attempt, and a test compares the two.
 */
export function clearanceOf(facts: ClearanceFacts): Clearance {
  const { step } = facts;
  if (facts.state !== 'started') return 'decided';
  if (facts.isMoneyStopped && letsMoneyGo(step)) return 'money-stopped';
  if (!facts.isCompared && !takesMoneyBack(step)) return 'not-compared';
  if (facts.isBraked && letsMoneyGo(step)) return facts.mayBeDone ? 'look-up' : 'braked';
  if (facts.isUncomparedAccount && !takesMoneyBack(step)) return 'uncompared';
  if (!facts.isClaimed && needsClaim(facts)) return 'not-claimed';
  const isOld = facts.sentHoursAgo !== null && facts.sentHoursAgo > keyAgeLimitHours;
  return isOld && facts.mayBeDone ? 'too-old' : 'send';
}

/**
 * True for a request of money that Stripe does not know: it was never sent, or every try certainly
 * did nothing. Any other try repeats a key that Stripe may know, so Stripe still carries the
 * request out once, and an outage of Stripe is recorded in the attempt.
 */
function needsClaim({ step, mayBeDone: isKnown }: ClearanceFacts): boolean {
  return letsMoneyGo(step) && !isKnown;
}

/** Stripe's limits: requests per second, and the number of concurrent payouts. */
export type Budgets = {
  /** All requests together. */
  all: number;
  /** One endpoint. */
  endpoint: number;
  payouts: number;
  payoutsAtOnce: number;
};

/** What Stripe allows in live mode (docs.stripe.com/rate-limits, 2026-10). */
const liveBudgets: Budgets = { all: 100, endpoint: 25, payouts: 15, payoutsAtOnce: 30 };

/** A test key gets this fraction of the live limits (same source). */
const testKeyPart = 0.25;

/** Stripe's limits for a kind of key. The local sandbox has the live limits. */
export function budgetsOf(key: 'live' | 'test'): Budgets {
  const part = key === 'live' ? 1 : testKeyPart;
  return {
    all: liveBudgets.all * part,
    endpoint: Math.floor(liveBudgets.endpoint * part),
    payouts: Math.floor(liveBudgets.payouts * part),
    payoutsAtOnce: Math.floor(liveBudgets.payoutsAtOnce * part),
  };
}

/** A transfer or payout that Stripe made in our name. */
export type MadeAtStripe = {
  stripeId: string;
  step: MoneyStep;
  payoutId: PayoutId;
  stripeAccount: StripeAccountId;
  amount: number;
  currency: string;
  createdAt: string;
};
