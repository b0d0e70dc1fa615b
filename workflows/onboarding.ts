import type { Seller, SellerStep } from '../domain/sellers.ts';
import { accounts, stripeReads } from './policies.ts';

/** The steps that open an account and keep watching it, for months: requirements come back. */
export type OnboardingStep = Extract<
  SellerStep['kind'],
  'create-account' | 'read-account' | 'set-manual-payouts'
>;

/** Takes one of them; answers with the seller as it stands afterwards. */
export async function takeOnboardingStep(
  step: OnboardingStep,
  { sellerId }: Pick<Seller, 'sellerId'>,
): Promise<Seller> {
  switch (step) {
    case 'create-account':
      return accounts.createAccount({ sellerId });
    case 'read-account':
      return stripeReads.retrieveAccount({ sellerId });
    case 'set-manual-payouts':
      return accounts.setManualPayouts({ sellerId });
  }
}
