/** The steps that send a request to Stripe, each with attempts of its own. */
export type MoneyStep = 'transfer' | 'payout';

/** Stripe's definite no, in our words. Nothing moved. */
export type RefusalKind =
  | 'balance-insufficient'
  | 'capability-missing'
  | 'bank-details'
  | 'limit-reached'
  | 'confirmed-not-sent'
  | 'other';

/** Hours after which a key may no longer be posted: Stripe forgets v1 keys after 24 hours. */
export const keyAgeLimitHours = 12;

/** The states of an attempt: open, Stripe did it, Stripe refused it, or nobody knows. */
export type AttemptState = 'started' | 'succeeded' | 'refused' | 'unknown';

/**
 * True if a step gets another attempt: Stripe refused the last one, so nothing moved, and the
 * payout was not canceled. The SQL of `openAttempt` repeats this rule, and a test compares the two.
 */
export function mayOpenAttempt(last: AttemptState | null, isCanceled: boolean): boolean {
  return !isCanceled && (last === null || last === 'refused');
}

/** What the last check before a POST reads. */
export type ClearanceFacts = {
  state: AttemptState;
  step: MoneyStep | 'account' | 'cancel';
  isMoneyStopped: boolean;
  /**
   * This database was compared with Stripe after PostgreSQL started: it may be a restored backup.
   */
  isCompared: boolean;
  /** Hours since the key was first sent. Null if it was never sent. */
  sentHoursAgo: number | null;
};

/** Whether an open attempt may be posted, and otherwise why not. */
export type Clearance = 'send' | 'too-old' | 'money-stopped' | 'decided' | 'not-compared';

/**
 * Decides at the last moment whether an attempt may be posted. The creation of an account moves no
 * money, so stopped money does not stop it. The SQL of `clearTry` repeats this rule in the
 * statement that locks the attempt, and a test compares the two.
 */
export function clearanceOf(facts: ClearanceFacts): Clearance {
  if (facts.state !== 'started') return 'decided';
  if (facts.isMoneyStopped && facts.step !== 'account') return 'money-stopped';
  if (!facts.isCompared) return 'not-compared';
  const isOld = facts.sentHoursAgo !== null && facts.sentHoursAgo > keyAgeLimitHours;
  return isOld ? 'too-old' : 'send';
}

/** Requests per second that Stripe allows, and how many payouts it allows at the same time. */
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

/** The part of the live limits that a test key gets (same source). */
const testKeyPart = 0.25;

/** Stripe's limits for a kind of key. The sandbox that runs here has the limits of live mode. */
export function budgetsOf(key: 'live' | 'test'): Budgets {
  const part = key === 'live' ? 1 : testKeyPart;
  return {
    all: liveBudgets.all * part,
    endpoint: Math.floor(liveBudgets.endpoint * part),
    payouts: Math.floor(liveBudgets.payouts * part),
    payoutsAtOnce: Math.floor(liveBudgets.payoutsAtOnce * part),
  };
}
