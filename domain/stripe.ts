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
