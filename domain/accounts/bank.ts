import type { Currency } from '../money.ts';
import { bankFailureOf, type Failure, failureOf, needsNewDetails, notTheBank } from './failures.ts';

/** Whether the bank account of a currency may take a payout. */
export type BankReadiness = {
  /** True if the bank account is paused because payouts to it failed. */
  isBankPaused: boolean;
  /**
   * True if Stripe would convert money in this currency, because the account cannot hold the
   * currency.
   */
  isConverted: boolean;
  /** When the cooling period of a changed bank account ends. Null or past if there is none. */
  coolsUntil: string | null;
};

/**
 * One bank account of a seller. `pausedAt` and `coolsUntil` are equal in every row with the same
 * account number.
 */
export type Bank = {
  currency: Currency;
  /** True if payouts in this currency go to this bank account. */
  isDefault: boolean;
  goneAt: string | null;
  pausedAt: string | null;
  coolsUntil: string | null;
};

/** A bank account as operators see it, without its number. */
export type BankAccountRecord = Bank & {
  id: string;
  fingerprint: string | null;
  status: string;
  firstSeenAt: string;
  failures: number;
  /** Stripe's failure code of the last payout that failed at this bank account. */
  failureCode: string | null;
};

/**
 * True if payouts in this currency go to this bank account. `readAlong` in db/payouts/rows.ts
 * repeats this rule.
 */
export function isUsed(
  { currency: takes, isDefault, goneAt }: Pick<Bank, 'currency' | 'isDefault' | 'goneAt'>,
  currency: Currency,
): boolean {
  return takes === currency && isDefault && goneAt === null;
}

/**
 * Finds the bank account for payouts in a currency if it is paused. The SQL function
 * `bank_is_paused` repeats this rule, and a test compares the two.
 */
export function pausedBank<Of extends Bank>(banks: readonly Of[], currency: Currency) {
  return banks.find((bank) => isUsed(bank, currency) && bank.pausedAt !== null);
}

/**
 * Finds the bank account for payouts in a currency if its cooling period lasts at this instant. The
 * SQL function `bank_cools_until` repeats this rule, and a test compares the two.
 */
export function coolingBank<Of extends Bank>(
  banks: readonly Of[],
  currency: Currency,
  at: string,
): Of | undefined {
  return banks.find((bank) => isUsed(bank, currency) && isAfter(bank.coolsUntil, at));
}

/**
 * True if Stripe would convert a transfer in this currency: the currency is not the account's own
 * (`home`), and no bank account takes it. The SQL function `is_converted` repeats this rule, and a
 * test compares the two.
 */
export function isConverted(
  banks: readonly Pick<Bank, 'currency' | 'goneAt'>[],
  { currency, home }: { currency: Currency; home: Currency },
): boolean {
  return (
    currency !== home && !banks.some((bank) => bank.currency === currency && bank.goneAt === null)
  );
}

/** True while the cooling period of the bank account lasts. */
export function isCooling({ coolsUntil }: Pick<BankReadiness, 'coolsUntil'>, at: string): boolean {
  return isAfter(coolsUntil, at);
}

function isAfter(instant: string | null, at: string): boolean {
  return instant !== null && instant > at;
}

/**
 * What is wrong with a bank account: the reason for its pause, or otherwise the meaning of its
 * status at Stripe. Null if nothing is wrong.
 */
export function failureOfBank(bank: BankAccountRecord): Failure | null {
  if (bank.pausedAt !== null) return failureOf(bank.failureCode);
  return bank.failureCode !== null && bank.status === 'errored'
    ? failureOf(bank.failureCode)
    : bankFailureOf(bank.status);
}

/**
 * Hours of the cooling period after payouts change to another bank account, unless a setting says
 * otherwise. The period gives sellers time to notice that somebody else used their login.
 */
export const coolingHours = 48;

/**
 * Until when a bank account that starts to cool takes no payout. Null if a setting of no hours
 * switches the cooling period off. The SQL of `recordBankAccounts` repeats this rule, and a test
 * compares the two.
 */
export function coolingEnd(now: string, hours: number): string | null {
  return hours > 0 ? new Date(Date.parse(now) + hours * 3_600_000).toISOString() : null;
}

/** A bank account as Stripe lists it when the account is read. */
export type ListedBank = {
  stripeId: string;
  currency: Currency;
  fingerprint: string | null;
  isDefault: boolean;
};

/**
 * True if a listed bank account starts a cooling period: payouts go to it now, and they went to
 * another number before. A first bank account, and a seller who was never paid, get no cooling
 * period, because a thief could gain nothing. The SQL of `recordBankAccounts` repeats this rule,
 * and a test compares the two.
 */
export function cools(
  listed: ListedBank,
  before: readonly (ListedBank & { goneAt: string | null })[],
  wasPaid: boolean,
): boolean {
  if (!listed.isDefault || !wasPaid || before.length === 0) return false;
  return !before.some((bank) => isUsed(bank, listed.currency) && isSameNumber(bank, listed));
}

/**
 * Bank accounts with equal fingerprints have the same number. Without fingerprints, the objects are
 * compared.
 */
function isSameNumber(one: ListedBank, other: ListedBank): boolean {
  return one.fingerprint !== null && other.fingerprint !== null
    ? one.fingerprint === other.fingerprint
    : one.stripeId === other.stripeId;
}

/** The number of failures within `failureWindowDays` that pauses a bank account. */
export const failuresBeforePause = 3;

/** The number of days within which the failures of a bank account are counted. */
export const failureWindowDays = 30;

/**
 * True if a failed payout pauses its bank account: immediately if the details are wrong, otherwise
 * after `failuresBeforePause` failures. `earlierFailures` counts the failures within
 * `failureWindowDays` before this one.
 */
export function pausesBank(earlierFailures: number, code: string | null): boolean {
  return needsNewDetails(code) || earlierFailures + 1 >= failuresBeforePause;
}

/**
 * True if returned money counts as a failure of its bank account. Money that failed for lack of
 * funds at the account, or that Stripe canceled, does not count. The SQL of `countFailures` repeats
 * this rule.
 */
export function isBankFailure<
  Why extends { status: string; failureCode: string | null; bankAccount?: string | null },
>(why: Why): why is Why & { bankAccount: string } {
  const { status, failureCode, bankAccount = null } = why;
  return bankAccount !== null && status === 'failed' && failureCode !== notTheBank;
}
