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

/**
 * True for an attempt that may have made an object at Stripe. A refused attempt made nothing. The SQL
 * `mayHaveMade` in db/schema/statuses.ts repeats this rule, and a test compares the two.
 */
export function mayHaveMade({ state, wasSent }: { state: AttemptState; wasSent: boolean }) {
  return state !== 'refused' && (wasSent || state === 'succeeded');
}

/**
 * True if a step may open another attempt: there is no attempt yet, or Stripe refused the last
 * attempt, so nothing moved; and the payout was not canceled. The SQL of `openAttempt` repeats this
 * rule, and a test compares the two.
 */
export function mayOpenAttempt(last: AttemptState | null, isCanceled: boolean): boolean {
  return !isCanceled && (last === null || last === 'refused');
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
  /** Hours since the key was first sent. Null if it was never sent. */
  sentHoursAgo: number | null;
};

/** Whether an attempt may be posted: `send`, or the reason why not. */
export type Clearance = 'send' | 'too-old' | 'money-stopped' | 'decided' | 'not-compared';

/**
 * Decides, just before a POST, whether an attempt may be sent. Stopped money does not stop the
 * creation of an account, because this creation moves no money. The SQL of `clearTry` repeats this
 * rule in the statement that locks the attempt, and a test compares the two.
 */
export function clearanceOf(facts: ClearanceFacts): Clearance {
  if (facts.state !== 'started') return 'decided';
  if (facts.isMoneyStopped && facts.step !== 'account') return 'money-stopped';
  if (!facts.isCompared) return 'not-compared';
  const isOld = facts.sentHoursAgo !== null && facts.sentHoursAgo > keyAgeLimitHours;
  return isOld ? 'too-old' : 'send';
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
