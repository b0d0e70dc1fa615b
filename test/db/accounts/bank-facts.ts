import type { BankAccountFacts } from '../../../db/accounts/bank-accounts.ts';

/** A bank account as Stripe tells of it, with a fingerprint of its own. */
export function bank(stripeId: string, given: Partial<BankAccountFacts> = {}): BankAccountFacts {
  const fingerprint = `print of ${stripeId}`;
  return { stripeId, currency: 'eur', fingerprint, status: 'new', isDefault: true, ...given };
}
