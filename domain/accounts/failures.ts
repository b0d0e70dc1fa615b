/**
 * What helps after a failed payout, or while an account may not be paid: time, new details from the
 * seller, the seller's bank, or an operator.
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

const again = 'Your money is safe and is included in your next payout.';
const change = 'Please check or replace your bank details; then your money is sent again.';
const ask = 'Please ask your bank to allow payments from Stripe; your money is safe until then.';
const wrongHolder = 'does not match your bank’s records of the account holder';

/**
 * The only failure that says nothing about the bank account, because the money was never sent to
 * the bank.
 */
export const notTheBank = 'insufficient_funds';

/**
 * Every known failure code (stripe-php, Payout.php; for codes that are not listed there,
 * WooPayments; 2026-11). Stripe may send any string.
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
    newDetails(
      `The account number is not valid. ${change}`,
      'The account number does not exist at the bank',
    ),
  ],
  [
    'invalid_account_number_length',
    newDetails(
      `The account number is too long or too short. ${change}`,
      'The account number has the wrong length',
    ),
  ],
  [
    'incorrect_account_type',
    newDetails(
      `This kind of account cannot take payouts. ${change}`,
      'Wrong account type, for example savings instead of checking',
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
      `Your details do not match your bank’s records. ${change}`,
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
      `Your bank’s branch has a new owner, so its account numbers are no longer valid. ${change}`,
      'The branch has a new owner; the details are no longer valid',
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
      `Your bank limits the payments to this account. ${ask}`,
      'The bank restricts the kind or number of payouts',
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
      'The card’s issuer does not accept this kind of transaction',
    ),
  ],
  [
    'could_not_process',
    wait(
      `Your bank could not process the payment this time. ${again}`,
      'The bank could not process the payout; the money goes with the next payout',
    ),
  ],
  [
    'declined',
    wait(
      `Your bank declined the payment this time. ${again}`,
      'The bank declined the payout; the money goes with the next payout',
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
      `The payment was larger than your bank accepts. ${again}`,
      'The payout is larger than the bank accepts: order smaller payouts',
    ),
  ],
  [
    'exceeds_count_limit',
    wait(
      `Your bank accepts no more payments for now. ${again}`,
      'The bank does not accept so many payouts in so short a time',
    ),
  ],
  [
    notTheBank,
    {
      next: 'operator',
      forSeller: `The payment could not be sent. ${again}`,
      forOperator:
        'Stripe says that the account’s balance did not cover the payout: check the balance at Stripe',
    },
  ],
]);

/**
 * The engine's own code for a payout whose money somebody debited back from the bank. Stripe has no
 * code for it, because the payout itself stays paid.
 */
export const debitedBack = 'debited_back';

const debit: Failure = {
  next: 'operator',
  forSeller:
    'The payment was taken back from your bank account at the order of the platform. Please ask the platform.',
  forOperator:
    'Somebody reversed the payout at Stripe, which debited the bank account: see the discrepancy `payout-reversed`',
};

/** Explains the failure code of a payout. An unknown code, or no code, needs an operator. */
export function failureOf(code: string | null): Failure {
  if (code === debitedBack) return debit;
  const known = code === null ? undefined : failures.get(code);
  if (known) return known;
  const forOperator = `Stripe gave ${code === null ? 'no reason' : `the reason ${code}`}: ask Stripe`;
  return {
    next: 'operator',
    forSeller: `Your bank did not accept the payment. ${again}`,
    forOperator,
  };
}

/** True if the failure code means that payouts must stop until the bank details change. */
export function needsNewDetails(code: string | null): boolean {
  return failureOf(code).next === 'new-details';
}

/** Every failure code that has a text, for lists and tests. */
export const failureCodes: readonly string[] = [...failures.keys()];

/** The meaning of each status of a bank account at Stripe. Null if nothing is wrong. */
const bankStatuses = new Map<string, Failure | null>([
  ['new', null],
  ['validated', null],
  ['verified', null],
  [
    'errored',
    talkToBank(
      `The last payment to this account came back. ${ask}`,
      'A payout to this bank account failed',
    ),
  ],
  [
    'verification_failed',
    newDetails(
      `Stripe could not verify that this account is yours. ${change}`,
      'Stripe could not verify the owner of the bank account',
    ),
  ],
  [
    'tokenized_account_number_deactivated',
    newDetails(
      `Your bank’s permission for this account has ended. ${change}`,
      'The bank withdrew the token that stands for the account number',
    ),
  ],
]);

/** Explains the status of a bank account at Stripe. Null if nothing is wrong. */
export function bankFailureOf(status: string): Failure | null {
  const known = bankStatuses.get(status);
  if (known !== undefined) return known;
  const forOperator = `Stripe’s status of the bank account is ${status}: ask Stripe`;
  return { next: 'operator', forSeller: 'Your bank account is being checked.', forOperator };
}

/** Every status of a bank account that has an entry, for lists and tests. */
export const bankStatusCodes: readonly string[] = [...bankStatuses.keys()];
