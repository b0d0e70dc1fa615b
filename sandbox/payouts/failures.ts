import { hasIbans } from '../books/countries.ts';

/**
 * Test account numbers whose payouts fail, by failure code (Stripe's guide to testing Connect
 * payouts).
 */
const failing: Record<string, Numbers> = {
  no_account: ['000111111116', '11111116', '62370400440532013001'],
  account_closed: ['000111111113', '11111113', '89370400440532013002'],
  insufficient_funds: ['000222222227', '22222227', '89370400440532013003'],
  debit_not_authorized: ['000333333335', '33333335', '89370400440532013004'],
  invalid_currency: ['000444444440', '44444440', '89370400440532013005'],
};

/**
 * American, British and IBAN test numbers. The IBAN lacks its country code, and its checksum is
 * accepted in every country with IBANs.
 */
type Numbers = [american: string, british: string, iban: string];

const messages: Record<string, string> = {
  account_closed: 'The bank account has been closed.',
  account_frozen: 'The bank account has been frozen.',
  bank_account_restricted:
    'The bank account has restrictions on either the type, or the number, of payouts allowed.',
  bank_ownership_changed:
    'The destination bank account is no longer valid because its branch has changed ownership.',
  could_not_process: 'The bank could not process this payout.',
  debit_not_authorized: 'Debit transactions are not approved on the bank account.',
  declined: 'The bank has declined this transfer. Please contact the bank before retrying.',
  insufficient_funds: 'Your Stripe account has insufficient funds to cover the payout.',
  invalid_account_number: 'The routing number seems correct, but the account number is invalid.',
  invalid_currency:
    'The bank was unable to process this payout because of its currency. This is probably because ' +
    'the bank account cannot accept payments in that currency.',
  no_account:
    'The bank account details on file are probably incorrect. No bank account could be located ' +
    'with those details.',
};

/** The failure code of payouts to this account number. Undefined if they succeed. */
export function failureOf(accountNumber: string): string | undefined {
  const number = accountNumber.replace(/^[A-Z]{2}/, '');
  return Object.keys(failing).find((code) => failing[code]?.includes(number));
}

/**
 * The test account number that makes payouts in this country fail with this code. Undefined if
 * there is none.
 */
export function failingNumber(code: string, country: string): string | undefined {
  const [american, british, iban] = failing[code] ?? [];
  if (country === 'GB') return british;
  return hasIbans(country) ? `${country}${iban}` : american;
}

/** Stripe's message for a failure code. */
export function failureMessage(code: string): string {
  return messages[code] ?? 'The bank returned this payout.';
}
