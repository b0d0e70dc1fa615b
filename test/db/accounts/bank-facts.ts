import type { BankAccountFacts } from '../../../db/accounts/bank-accounts.ts';
import type { SellerId } from '../../../domain/ids.ts';

/** A bank account as Stripe tells of it, with a fingerprint of its own. */
export function bank(stripeId: string, given: Partial<BankAccountFacts> = {}): BankAccountFacts {
  const fingerprint = `print of ${stripeId}`;
  return { stripeId, currency: 'eur', fingerprint, status: 'new', isDefault: true, ...given };
}

/** The same bank accounts with numbers that no other seller has. */
export function ofNobodyElse(
  sellerId: SellerId,
  banks: readonly BankAccountFacts[],
): BankAccountFacts[] {
  return banks.map((one) => ({
    ...one,
    fingerprint: one.fingerprint && `${one.fingerprint} of ${sellerId}`,
  }));
}
