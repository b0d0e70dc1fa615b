import type { Currency } from '../money.ts';
import { bankFailureOf, type Failure, failureOf, needsNewDetails, notTheBank } from './failures.ts';

/** Whether the bank account of a currency may take a payout. */
export type BankReadiness = {
  /** Payouts to it failed, and nothing more is sent there. */
  isBankPaused: boolean;
  /** The account cannot hold the currency: Stripe would convert what arrives there. */
  isConverted: boolean;
  /** Until when it takes no payout because it was changed; null or past when it takes payouts. */
  coolsUntil: string | null;
};

/**
 * One bank account of a seller. What is said of its number counts for every row with that number.
 */
export type Bank = {
  currency: Currency;
  /** The bank account of its currency that payouts go to. */
  isDefault: boolean;
  goneAt: string | null;
  pausedAt: string | null;
  coolsUntil: string | null;
};

/** A bank account as operators see it: never its number. */
export type BankAccountRecord = Bank & {
  id: string;
  fingerprint: string | null;
  status: string;
  firstSeenAt: string;
  failures: number;
  /** What was wrong with the last payout that it did not take. */
  failureCode: string | null;
};

/**
 * True for the bank account that payouts in a currency go to. `readAlong` in db/payouts/rows.ts
 * repeats this rule.
 */
export function isUsed(
  { currency: takes, isDefault, goneAt }: Pick<Bank, 'currency' | 'isDefault' | 'goneAt'>,
  currency: Currency,
): boolean {
  return takes === currency && isDefault && goneAt === null;
}

/**
 * The bank account that payouts in a currency go to, while it is paused. The SQL function
 * `bank_is_paused` repeats this rule, and a test compares the two.
 */
export function pausedBank<Of extends Bank>(banks: readonly Of[], currency: Currency) {
  return banks.find((bank) => isUsed(bank, currency) && bank.pausedAt !== null);
}

/**
 * The bank account that payouts in a currency go to, while it takes none because it was changed.
 * The SQL function `bank_cools_until` repeats this rule, and a test compares the two.
 */
export function coolingBank<Of extends Bank>(
  banks: readonly Of[],
  currency: Currency,
  at: string,
): Of | undefined {
  return banks.find((bank) => isUsed(bank, currency) && isAfter(bank.coolsUntil, at));
}

/**
 * True when Stripe would convert a transfer in this currency: the account has neither the currency
 * for its own nor a bank account that takes it. The SQL function `is_converted` repeats this rule,
 * and a test compares the two.
 */
export function isConverted(
  banks: readonly Pick<Bank, 'currency' | 'goneAt'>[],
  { currency, home }: { currency: Currency; home: Currency },
): boolean {
  return (
    currency !== home && !banks.some((bank) => bank.currency === currency && bank.goneAt === null)
  );
}

/** True while a cooling period lasts. */
export function isCooling({ coolsUntil }: Pick<BankReadiness, 'coolsUntil'>, at: string): boolean {
  return isAfter(coolsUntil, at);
}

function isAfter(instant: string | null, at: string): boolean {
  return instant !== null && instant > at;
}

/** What is wrong with a bank account: why it is paused, else what Stripe says of it. */
export function failureOfBank(bank: BankAccountRecord): Failure | null {
  if (bank.pausedAt !== null) return failureOf(bank.failureCode);
  return bank.failureCode !== null && bank.status === 'errored'
    ? failureOf(bank.failureCode)
    : bankFailureOf(bank.status);
}

/**
 * Hours for which a changed bank account takes no payout, unless a setting says otherwise: long
 * enough for a seller to notice that somebody else took over the login.
 */
export const coolingHours = 48;

/** A bank account as one read of the account lists it. */
export type ListedBank = {
  stripeId: string;
  currency: Currency;
  fingerprint: string | null;
  isDefault: boolean;
};

/**
 * True if a bank account that is listed now starts to cool: payouts go to it, and they went to
 * another number before. A seller who was never paid, or whose first bank account this is, loses
 * nothing to a thief. The SQL of `recordBankAccounts` repeats this rule, and a test compares the
 * two.
 */
export function cools(
  listed: ListedBank,
  before: readonly (ListedBank & { goneAt: string | null })[],
  wasPaid: boolean,
): boolean {
  if (!listed.isDefault || !wasPaid || before.length === 0) return false;
  return !before.some((bank) => isUsed(bank, listed.currency) && isSameNumber(bank, listed));
}

/** The fingerprint stands for the number. Without one, only the same object is certain. */
function isSameNumber(one: ListedBank, other: ListedBank): boolean {
  return one.fingerprint !== null && other.fingerprint !== null
    ? one.fingerprint === other.fingerprint
    : one.stripeId === other.stripeId;
}

/** After this many failures of one bank account within `failureWindowDays`, payouts to it pause. */
export const failuresBeforePause = 3;

/** The days within which failures of one bank account add up. */
export const failureWindowDays = 30;

/**
 * True if a failed payout pauses its bank account: immediately if the details are wrong, otherwise
 * once failures add up. `earlierFailures` are those within `failureWindowDays`, without this one.
 */
export function pausesBank(earlierFailures: number, code: string | null): boolean {
  return needsNewDetails(code) || earlierFailures + 1 >= failuresBeforePause;
}

/**
 * True if money that came back says something about its bank account: then the failure counts
 * towards the pause. A payout that failed for lack of funds at the account, or that Stripe
 * canceled, says nothing. The SQL of `countFailures` repeats this rule.
 */
export function isBankFailure<
  Why extends { status: string; failureCode: string | null; bankAccount?: string | null },
>(why: Why): why is Why & { bankAccount: string } {
  const { status, failureCode, bankAccount = null } = why;
  return bankAccount !== null && status === 'failed' && failureCode !== notTheBank;
}
