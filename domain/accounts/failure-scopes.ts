/**
 * Whether a failure says something about the account number, for everybody who uses it, or only
 * about the seller whose payout failed: about what this seller entered or was sent.
 */
export type FailureScope = 'number' | 'seller';

const details = 'the seller enters this beside the number';
const oneTry = 'the bank says this of one payout; the next may succeed';

/**
 * Each failure code, and why a failure concerns the number or only the seller. A number may belong
 * to somebody who did not enter the other details, so only what the bank says of the number itself
 * has the scope `number`. Descriptions in quotation marks are Stripe's
 * (docs.stripe.com/api/payouts/failures, 2026-11).
 */
const scopes = new Map<string, readonly [FailureScope, why: string]>([
  ['account_closed', ['number', '"The bank account has been closed"']],
  ['no_account', ['number', '"No bank account could be located with those details"']],
  ['invalid_account_number', ['number', '"the account number is invalid"']],
  ['invalid_account_number_length', ['number', 'no bank account has a number of this length']],
  ['bank_ownership_changed', ['number', '"its branch has changed ownership"']],
  ['lost_or_stolen_card', ['number', 'nobody may use this card (WooPayments)']],
  ['incorrect_account_holder_name', ['seller', '"holder name on file is incorrect"']],
  ['incorrect_account_holder_address', ['seller', '"holder address on file is incorrect"']],
  ['incorrect_account_holder_tax_id', ['seller', '"holder tax ID on file is incorrect"']],
  ['incorrect_account_holder_details', ['seller', details]],
  ['incorrect_account_type', ['seller', details]],
  ['expired_card', ['seller', details]],
  ['invalid_card', ['seller', details]],
  ['unsupported_card', ['seller', 'depends on the country and currency of the payout']],
  ['invalid_currency', ['seller', '"unable to process this payout because of its currency"']],
  ['account_frozen', ['seller', 'the bank may unfreeze the account at any time']],
  ['bank_account_restricted', ['seller', '"restrictions on either the type, or the number"']],
  ['debit_not_authorized', ['seller', 'depends on the kind of payment']],
  ['refer_to_card_issuer', ['seller', oneTry]],
  ['invalid_transaction', ['seller', oneTry]],
  ['could_not_process', ['seller', oneTry]],
  ['declined', ['seller', oneTry]],
  ['issuer_unavailable', ['seller', oneTry]],
  ['invalid_issuer', ['seller', oneTry]],
  ['exceeds_amount_limit', ['seller', oneTry]],
  ['exceeds_count_limit', ['seller', oneTry]],
  ['insufficient_funds', ['seller', '"insufficient funds to cover the payout": never sent']],
]);

/** Whom a failure concerns. An unknown code, or no code, is no proof against a number. */
export function scopeOf(code: string | null): FailureScope {
  return (code !== null && scopes.get(code)?.[0]) || 'seller';
}

/** Every failure code with a scope, for tests. */
export const scopedCodes: readonly string[] = [...scopes.keys()];

/** The failure codes that say that the account number itself takes no payout, for SQL. */
export const numberCodes: readonly string[] = scopedCodes.filter(
  (code) => scopeOf(code) === 'number',
);
