/**
 * What helps after a failed payout, or while an account may not be paid: time, new or further
 * details from the seller, the seller's bank, or an operator.
 */
export type FailureNext = 'wait' | 'new-details' | 'talk-to-bank' | 'operator';

/** Why something failed or is not allowed, in words for the seller and for the operator. */
export type Failure = { next: FailureNext; forSeller: string; forOperator: string };

const wait = (forSeller: string, forOperator: string): Failure => {
  return { next: 'wait', forSeller, forOperator };
};
const newDetails = (forSeller: string, forOperator: string): Failure => {
  return { next: 'new-details', forSeller, forOperator };
};
const talkToBank = (forSeller: string, forOperator: string): Failure => {
  return { next: 'talk-to-bank', forSeller, forOperator };
};

const again = 'Your money is safe and goes with your next payout.';
const change = 'Please check your bank details or enter others; then your money is sent again.';
const ask = 'Please ask your bank to allow payments from Stripe; your money is safe until then.';
const wrongHolder = 'does not match what the bank knows of its holder';

/** The one failure that says nothing about the bank account: the money never left for the bank. */
export const notTheBank = 'insufficient_funds';

/**
 * Every failure code that Stripe is known to send (stripe-php Payout.php; for unlisted codes
 * WooPayments, 2026-11). The field accepts any string.
 */
const failures = new Map<string, Failure>([
  [
    'account_closed',
    newDetails(`Your bank account is closed. ${change}`, 'The bank account is closed'),
  ],
  [
    'no_account',
    newDetails(
      `Your bank does not know this account. ${change}`,
      'No bank account has these details',
    ),
  ],
  [
    'invalid_account_number',
    newDetails(`The account number is not valid. ${change}`, 'The bank knows no such number'),
  ],
  [
    'invalid_account_number_length',
    newDetails(
      `The account number is too long or too short. ${change}`,
      'The number has a wrong length',
    ),
  ],
  [
    'incorrect_account_type',
    newDetails(
      `This kind of account cannot take payouts. ${change}`,
      'Wrong account type, as savings for checking',
    ),
  ],
  [
    'incorrect_account_holder_address',
    newDetails(`Your address ${wrongHolder}. ${change}`, 'The address does not match the holder'),
  ],
  [
    'incorrect_account_holder_name',
    newDetails(`Your name ${wrongHolder}. ${change}`, 'The name does not match the holder'),
  ],
  [
    'incorrect_account_holder_tax_id',
    newDetails(`Your tax id ${wrongHolder}. ${change}`, 'The tax id does not match the holder'),
  ],
  [
    'incorrect_account_holder_details',
    newDetails(
      `Your details do not match what the bank knows. ${change}`,
      'The details do not match the holder',
    ),
  ],
  [
    'invalid_currency',
    newDetails(
      `Your bank account does not take this currency. ${change}`,
      'The bank account does not take this currency',
    ),
  ],
  [
    'bank_ownership_changed',
    newDetails(
      `Your bank’s branch has changed hands and its account numbers with it. ${change}`,
      'The branch changed hands; the details are no longer valid',
    ),
  ],
  [
    'unsupported_card',
    newDetails(`This debit card cannot take payouts. ${change}`, 'The card does not take payouts'),
  ],
  ['invalid_card', newDetails(`This debit card is not valid. ${change}`, 'The card is not valid')],
  ['expired_card', newDetails(`Your debit card has expired. ${change}`, 'The card has expired')],
  [
    'lost_or_stolen_card',
    newDetails(
      `Your debit card was reported lost. ${change}`,
      'The card was reported lost or stolen',
    ),
  ],
  [
    'account_frozen',
    talkToBank(`Your bank has frozen the account. ${ask}`, 'The bank account is frozen'),
  ],
  [
    'bank_account_restricted',
    talkToBank(
      `Your bank limits what this account may take. ${ask}`,
      'The bank restricts kind or number of payouts',
    ),
  ],
  [
    'debit_not_authorized',
    talkToBank(
      `Your bank does not allow this kind of payment. ${ask}`,
      'Debits are not approved at the bank account',
    ),
  ],
  [
    'refer_to_card_issuer',
    talkToBank(
      `The bank behind your debit card refused it. ${ask}`,
      'The card’s issuer refused without a reason',
    ),
  ],
  [
    'invalid_transaction',
    talkToBank(
      `The bank behind your debit card refused it. ${ask}`,
      'The card’s issuer takes no such transaction',
    ),
  ],
  [
    'could_not_process',
    wait(
      `Your bank could not take it this time. ${again}`,
      'The bank could not process it; the next payout tries again',
    ),
  ],
  [
    'declined',
    wait(
      `Your bank declined it this time. ${again}`,
      'The bank declined it; the next payout tries again',
    ),
  ],
  [
    'issuer_unavailable',
    wait(`Your bank could not be reached. ${again}`, 'The card’s issuer could not be reached'),
  ],
  [
    'invalid_issuer',
    wait(`Your bank could not be reached. ${again}`, 'The card’s issuer could not be found'),
  ],
  [
    'exceeds_amount_limit',
    wait(
      `It was more than your bank takes at once. ${again}`,
      'Above what the bank takes at once: order smaller payouts',
    ),
  ],
  [
    'exceeds_count_limit',
    wait(
      `Your bank takes no more payments today. ${again}`,
      'More payouts than the bank takes in this time',
    ),
  ],
  [
    notTheBank,
    {
      next: 'operator',
      forSeller: `It could not be sent. ${again}`,
      forOperator: 'Stripe says that the account’s balance did not cover it: look at its balance',
    },
  ],
]);

/** Why a payout failed and what helps. An unknown code needs an operator. */
export function failureOf(code: string | null): Failure {
  const known = code === null ? undefined : failures.get(code);
  if (known) return known;
  const forOperator = `Stripe gave ${code === null ? 'no reason' : `the reason ${code}`}: ask Stripe`;
  return { next: 'operator', forSeller: `Your bank did not take it. ${again}`, forOperator };
}

/** True if nothing may be sent to this bank account before its details change. */
export function needsNewDetails(code: string | null): boolean {
  return failureOf(code).next === 'new-details';
}

/** Every failure code that has a text, for lists and tests. */
export const failureCodes: readonly string[] = [...failures.keys()];

/** What each status of a bank account at Stripe means. Null: nothing is wrong. */
const bankStatuses = new Map<string, Failure | null>([
  ['new', null],
  ['validated', null],
  ['verified', null],
  ['errored', talkToBank(`The last payment there came back. ${ask}`, 'A payout there failed')],
  [
    'verification_failed',
    newDetails(
      `It could not be verified that this account is yours. ${change}`,
      'Stripe could not verify whose bank account it is',
    ),
  ],
  [
    'tokenized_account_number_deactivated',
    newDetails(
      `Your bank’s permission for this account has ended. ${change}`,
      'The number that the bank gave in place of the account’s was withdrawn',
    ),
  ],
]);

/** What is wrong with a bank account, by its status at Stripe. Null if nothing is. */
export function bankFailureOf(status: string): Failure | null {
  const known = bankStatuses.get(status);
  if (known !== undefined) return known;
  const forOperator = `Stripe calls it ${status}: ask Stripe`;
  return { next: 'operator', forSeller: 'Your bank account is being checked.', forOperator };
}

/** Every status of a bank account that has an entry, for lists and tests. */
export const bankStatusCodes: readonly string[] = [...bankStatuses.keys()];
