import type { Currency } from '../money.ts';
import { bankFailureOf, type Failure, failureOf } from './failures.ts';

/** Whether the bank account of a currency may take a payout. */
export type BankReadiness = {
  /** Payouts to it failed, and nothing more is sent there. */
  isBankPaused: boolean;
  /** The account cannot hold the currency: Stripe would convert what arrives there. */
  isConverted: boolean;
  /** Until when it takes no payout because it was changed; null or past when it takes payouts. */
  coolsUntil: string | null;
};

/** One bank account of a seller. What is said of its number counts for every row with that number. */
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

/** The bank account that payouts in a currency go to. */
export function isUsed({ currency: takes, isDefault, goneAt }: Bank, currency: Currency): boolean {
  return takes === currency && isDefault && goneAt === null;
}

/** The bank account that payouts in a currency go to, while it is paused. */
export function pausedBank<Of extends Bank>(banks: readonly Of[], currency: Currency) {
  return banks.find((bank) => isUsed(bank, currency) && bank.pausedAt !== null);
}

/** The bank account that payouts in a currency go to, while it takes none because it was changed. */
export function coolingBank<Of extends Bank>(
  banks: readonly Of[],
  currency: Currency,
  at: string,
): Of | undefined {
  return banks.find((bank) => isUsed(bank, currency) && isAfter(bank.coolsUntil, at));
}

/**
 * True when Stripe would convert a transfer in this currency: the account has neither the currency
 * for its own nor a bank account that takes it.
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
