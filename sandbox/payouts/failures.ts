import { hasIbans } from '../books/countries.ts';

/** Account numbers whose payouts fail, by why (Stripe's guide to testing payouts of Connect). */
const failing: Record<string, Numbers> = {
  no_account: ['000111111116', '11111116', '62370400440532013001'],
  account_closed: ['000111111113', '11111113', '89370400440532013002'],
  insufficient_funds: ['000222222227', '22222227', '89370400440532013003'],
  debit_not_authorized: ['000333333335', '33333335', '89370400440532013004'],
  invalid_currency: ['000444444440', '44444440', '89370400440532013005'],
};

/** The last is an IBAN's behind its country, and good in every country that has IBANs. */
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

/** Why a payout to this account number fails, if it does. */
export function failureOf(accountNumber: string): string | undefined {
  const number = accountNumber.replace(/^[A-Z]{2}/, '');
  return Object.keys(failing).find((code) => failing[code]?.includes(number));
}

/** The number of an account in this country, of the kind it has there, whose payouts fail so. */
export function failingNumber(code: string, country: string): string | undefined {
  const [american, british, iban] = failing[code] ?? [];
  if (country === 'GB') return british;
  return hasIbans(country) ? `${country}${iban}` : american;
}

/** What Stripe says about a failure code. */
export function failureMessage(code: string): string {
  return messages[code] ?? 'The bank returned this payout.';
}
