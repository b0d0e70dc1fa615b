import type { Seller, SellerStep } from '../domain/sellers.ts';
import { accounts, stripeReads } from './policies.ts';

/** The steps that create an account and monitor it for months, because requirements can return. */
export type OnboardingStep = Extract<
  SellerStep['kind'],
  'create-account' | 'read-account' | 'set-manual-payouts'
>;

/** Runs one onboarding step and returns the seller as stored afterwards. */
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
