import type { PayoutId, StripeAccountId } from './ids.ts';

/** The steps of a payout that send a request to Stripe. Each step has its own attempts. */
export type MoneyStep = 'transfer' | 'payout';

/**
 * Why Stripe definitely refused a request, in the engine's terms. After a refusal, nothing has
 * moved.
 */
export type RefusalKind =
  | 'balance-insufficient'
  | 'capability-missing'
  | 'bank-details'
  | 'limit-reached'
  | 'confirmed-not-sent'
  | 'other';

/**
 * Hours after the first try after which a key is no longer posted. Stripe forgets v1 keys after 24
 * hours and would then pay again.
 */
export const keyAgeLimitHours = 12;

/** The states of an attempt: not decided, done by Stripe, refused by Stripe, or unknown. */
export type AttemptState = 'started' | 'succeeded' | 'refused' | 'unknown';

/** The facts that decide whether a step opens its next attempt. */
export type OpeningFacts = {
  step: MoneyStep | 'account' | 'cancel';
  last: { state: AttemptState; number: number; wasSent: boolean } | null;
  isCanceled: boolean;
  /** True if something at Stripe in the payout's name is known and unexplained. */
  isUnexplained: boolean;
  /**
   * True if Stripe made something for this seller and currency that this database does not know: the
   * payout may be about to pay the same money.
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
 * True for an attempt that may have made an object at Stripe. A refused attempt made nothing. The SQL
 * `mayHaveMade` in db/schema/statuses.ts repeats this rule, and a test compares the two.
 */
export function mayHaveMade({ state, wasSent }: { state: AttemptState; wasSent: boolean }) {
  return state !== 'refused' && (wasSent || state === 'succeeded');
}

/**
 * Decides whether a step opens its next attempt. It does if there is no attempt yet, or if the last
 * attempt was refused, so that nothing moved. Before the first attempt, nothing that Stripe made for
 * the seller may be unknown here; after a refusal, nothing in the payout's name may be unexplained
 * either. A person's word is not Stripe's refusal: the engine looks at Stripe again before it
 * relies on it. An attempt that was sent stands. The SQL of `openAttempt` repeats this rule, and a
 * test compares the two.
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
 * True if an attempt takes the request body that is asked for now: it is open and was never sent. A
 * sent attempt keeps its body, because Stripe refuses another body under a known key. The SQL of
 * `openAttempt` repeats this rule, and a test compares the two.
 */
export function takesNewBody({ state, wasSent }: { state: AttemptState; wasSent: boolean }) {
  return state === 'started' && !wasSent;
}

/** The facts that the last check before a POST reads. */
export type ClearanceFacts = {
  state: AttemptState;
  step: MoneyStep | 'account' | 'cancel';
  isMoneyStopped: boolean;
  /**
   * True if this database was compared with Stripe since PostgreSQL started. Before the comparison,
   * the database may be a restored backup.
   */
  isCompared: boolean;
  /** True if the right to send was renewed and seen recently enough, as `isClaimed` decides. */
  isClaimed: boolean;
  /** Hours since the key was first sent. Null if it was never sent. */
  sentHoursAgo: number | null;
};

/** Whether an attempt may be posted: `send`, or the reason why not. */
export type Clearance =
  'send' | 'too-old' | 'money-stopped' | 'decided' | 'not-compared' | 'not-claimed';

/**
 * Decides, just before a POST, whether an attempt may be sent. The creation of an account moves no
 * money: stopped money does not stop it, and it does not need the right to send. The SQL of
 * `clearTry` repeats this rule in the statement that locks the attempt, and a test compares the two.
 */
export function clearanceOf(facts: ClearanceFacts): Clearance {
  if (facts.state !== 'started') return 'decided';
  if (facts.isMoneyStopped && facts.step !== 'account') return 'money-stopped';
  if (!facts.isCompared) return 'not-compared';
  if (!facts.isClaimed && needsClaim(facts)) return 'not-claimed';
  const isOld = facts.sentHoursAgo !== null && facts.sentHoursAgo > keyAgeLimitHours;
  return isOld ? 'too-old' : 'send';
}

/**
 * True for the first try of a request of money. A later try repeats its key, so Stripe still carries
 * the request out once, and an outage of Stripe is recorded in the attempt.
 */
function needsClaim({ step, sentHoursAgo }: ClearanceFacts): boolean {
  return step !== 'account' && sentHoursAgo === null;
}

/** Minutes after which the engine renews its right to send. A copy that is older has lost it. */
export const renewalMinutes = 15;

/** Minutes for which the engine may send after it last saw that it has the right to send. */
export const seenMinutes = 10;

/** When the right to send was renewed and last seen, in business time. */
export type ClaimFacts = {
  /** True if the right was renewed since PostgreSQL started. Before, the database may be a copy. */
  isOfThisStart: boolean;
  claimedAt: string;
  seenAt: string;
};

/**
 * True if the engine may send a payout of this payday without another look at Stripe. Each payday
 * needs a renewal of its own. The SQL of `clearTry` repeats this rule, and a test compares the two.
 */
export function isClaimed(facts: ClaimFacts | null, payday: string | null, now: string): boolean {
  if (facts === null || !facts.isOfThisStart) return false;
  if (Date.parse(now) - Date.parse(facts.seenAt) > seenMinutes * 60_000) return false;
  return payday === null || payday > now || payday <= facts.claimedAt;
}

/** What the object at Stripe that stands for the right to send shows: its token, or why none. */
export type ShownRight = { token: string } | 'nothing' | 'forbidden';

/** What this database knows of the right to send. */
export type KnownRight = {
  token: string | null;
  /** The tokens that this engine may have set since. */
  nextTokens: readonly string[];
  /** The last of them, if it was chosen since PostgreSQL started. */
  next: string | null;
  /** True if a person resumed money although the key may not see or set the token. */
  isUnguarded: boolean;
  /** True if the right must be renewed: after a start, for a payday, or because time has passed. */
  isDue: boolean;
};

/**
 * What the engine does with the right to send:
 * - `held`: the engine has it. `renewed` is true if the token is the one that was just set.
 * - `renew`: the engine has it, or nobody does, and must set its next token.
 * - `unguarded`: the key never had the permission, or a person resumed money without it. Other
 *   engines cannot be seen.
 * - `lost`: another engine may have it, so money stops.
 */
export type RightVerdict =
  | { kind: 'held'; renewed: boolean }
  | { kind: 'renew' }
  | { kind: 'unguarded' }
  | { kind: 'lost'; to: string };

/**
 * Creates the idempotency key under which a token is replaced. Engines that start from the same
 * token use the same key, so only one of them replaces it.
 */
export function rightKey(from: string, round: number): string {
  return `right-to-send/${from}/${round}`;
}

/** Decides from Stripe's object whether this engine, and no copy of it, has the right to send. */
export function judgeRight(known: KnownRight, shown: ShownRight): RightVerdict {
  if (shown === 'forbidden') {
    return known.token === null || known.isUnguarded
      ? { kind: 'unguarded' }
      : { kind: 'lost', to: shown };
  }
  if (shown === 'nothing') {
    return known.token === null ? { kind: 'renew' } : { kind: 'lost', to: shown };
  }
  if (shown.token === known.next) return { kind: 'held', renewed: true };
  if (shown.token !== known.token && !known.nextTokens.includes(shown.token)) {
    return { kind: 'lost', to: shown.token };
  }
  return known.isDue || shown.token !== known.token
    ? { kind: 'renew' }
    : { kind: 'held', renewed: false };
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
