import type { SellerId } from '../ids.ts';
import type { Currency } from '../money.ts';
import { scopeOf } from './failure-scopes.ts';
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
  /** True if the seller has no bank account that takes payouts in this currency. */
  lacksBank: boolean;
  /** When the cooling period of a changed bank account ends. Null or past if there is none. */
  coolsUntil: string | null;
};

/**
 * One bank account of a seller. `pausedAt` is what failed payouts say: those of this seller, and
 * those of other sellers that say something about the account number. `coolsUntil` is equal in
 * every row of this seller with the same number.
 */
export type Bank = {
  currency: Currency;
  /** True if payouts in this currency go to this bank account. */
  isDefault: boolean;
  /** False if Stripe never listed it, and the engine knows it only from a failed payout. */
  isListed: boolean;
  goneAt: string | null;
  pausedAt: string | null;
  coolsUntil: string | null;
};

/** A bank account as operators see it, without its number. */
export type BankAccountRecord = Bank & {
  id: string;
  fingerprint: string | null;
  /** What the seller knows the bank account by. Never in Temporal and never logged. */
  bankName: string | null;
  last4: string | null;
  status: string;
  firstSeenAt: string;
  failures: number;
  /** Stripe's failure code of the last payout that failed at this bank account. */
  failureCode: string | null;
  /**
   * The cooling period lasts until a person has looked, but no longer than `longestCoolingHours`.
   */
  asksPerson: boolean;
  /** The other sellers who have a bank account with this number now. `first` names some of them. */
  sharedWith: { count: number; first: SellerId[] };
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

/**
 * True if no bank account takes payouts in this currency, or if Stripe names several as the default
 * and so nobody knows which one it would pay. Only Stripe's list can say so (`listsBanks`). Without a list, former bank accounts prove nothing: payouts go to the bank
 * account that Stripe chooses. A fingerprint is not necessary. The SQL function `lacks_bank`
 * repeats this rule, and a test compares the two.
 */
export function lacksBank(
  banks: readonly Pick<Bank, 'currency' | 'isDefault' | 'goneAt' | 'isListed'>[],
  { currency, listsBanks }: { currency: Currency; listsBanks: boolean },
): boolean {
  return listsBanks && defaultBanks(banks, currency).length !== 1;
}

/** The bank accounts that Stripe names as the default of a currency. It should be one. */
export function defaultBanks<
  Of extends Pick<Bank, 'currency' | 'isDefault' | 'goneAt' | 'isListed'>,
>(banks: readonly Of[], currency: Currency): Of[] {
  return banks.filter((bank) => bank.isListed && isUsed(bank, currency));
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
 * Hours of the cooling period if another seller already uses the new number, unless a person waives
 * the period. Somebody who takes over several logins enters one number everywhere.
 */
export const longestCoolingHours = 720;

/**
 * Until when a bank account that starts to cool takes no payout. `isShared` is true if another
 * seller already uses the number. Null if a setting of no hours switches the cooling period off.
 * The SQL of `recordBankAccounts` repeats this rule, and a test compares the two.
 */
export function coolingEnd(now: string, hours: number, isShared = false): string | null {
  if (hours === 0) return null;
  const all = isShared ? Math.max(hours, longestCoolingHours) : hours;
  return new Date(Date.parse(now) + all * 3_600_000).toISOString();
}

/** A bank account as Stripe lists it when the account is read. */
export type ListedBank = {
  stripeId: string;
  currency: Currency;
  fingerprint: string | null;
  isDefault: boolean;
};

/** A bank account that an earlier read of the account found. */
export type EarlierBank = Pick<ListedBank, 'stripeId' | 'currency' | 'fingerprint'> & {
  /**
   * True if payouts in the currency go to this bank account, or went there until it was removed and
   * no other bank account has taken its place since.
   */
  usedLast: boolean;
};

/**
 * True if a listed bank account starts a cooling period: payouts go to it now, and they went to
 * another number before. `wasSent` is true if money was sent to a bank account of this seller, or
 * may have been (`mayHaveBeenSent` in domain/payouts/states.ts). A first bank account, and a seller
 * to whom nothing was sent, get no cooling period: the seller is still entering its details. The
 * SQL of `recordBankAccounts` repeats this rule, and a test compares the two.
 */
export function cools(
  listed: ListedBank,
  before: readonly EarlierBank[],
  wasSent: boolean,
): boolean {
  if (!listed.isDefault || !wasSent || before.length === 0) return false;
  return !before.some(
    (bank) => bank.usedLast && bank.currency === listed.currency && isSameNumber(bank, listed),
  );
}

/**
 * Bank accounts with equal fingerprints have the same number. Without fingerprints, the objects are
 * compared.
 */
function isSameNumber(
  one: Pick<ListedBank, 'stripeId' | 'fingerprint'>,
  other: Pick<ListedBank, 'stripeId' | 'fingerprint'>,
): boolean {
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

/** A pause as it is stored: with the bank account at which the payouts failed. */
export type StoredPause = {
  sellerId: SellerId;
  stripeId: string;
  fingerprint: string | null;
  pausedAt: string | null;
  /**
   * True if the failure says nothing about the number itself, and so concerns this seller alone.
   */
  isOfSeller: boolean;
};

/**
 * Since when a bank account is paused. A pause because of the account number counts for every
 * seller who uses the number; any other pause counts for its seller, at every bank account with the
 * number. Without fingerprints, a pause belongs to the object. The SQL functions
 * `bank_paused_since` and `bank_is_paused` repeat this rule, and a test compares the three.
 */
export function pausedSince(
  bank: Pick<StoredPause, 'sellerId' | 'stripeId' | 'fingerprint'>,
  pauses: readonly StoredPause[],
): string | null {
  const counting = pauses.filter((pause) => {
    if (pause.sellerId === bank.sellerId && pause.stripeId === bank.stripeId) return true;
    const isSame = bank.fingerprint !== null && pause.fingerprint === bank.fingerprint;
    return isSame && (pause.sellerId === bank.sellerId || !pause.isOfSeller);
  });
  return counting.flatMap(({ pausedAt }) => pausedAt ?? []).toSorted()[0] ?? null;
}

/**
 * True if a failure that pauses a bank account pauses its number for every seller who uses the
 * number: the bank said that the number itself takes no payout. Otherwise, whoever enters a
 * stranger's number could stop the stranger's payouts.
 */
export function pausesForAll(code: string | null): boolean {
  return scopeOf(code) === 'number';
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
