import { bankAccountsOf, countryOf, readAccount } from '../accounts/record.ts';
import { book, totalsOf } from '../books/balance.ts';
import { invalid, refusal } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { Metadata } from '../core/metadata.ts';
import type { World } from '../core/world.ts';
import { emit } from '../events/emit.ts';
import { payoutStep, refuseFraction, smallestPayout, written } from '../money/fields.ts';
import { findRecord, insertRecord, view } from '../store/objects.ts';
import type { BankAccount, Payout } from '../store/records.ts';
import { arrivalOf, scheduleLife } from './life.ts';

/** The order of a payout. */
export type PayoutOrder = {
  account: string;
  amount: number;
  currency: string;
  automatic?: boolean;
  description?: string | undefined;
  destination?: string | undefined;
  metadata?: Metadata;
  method?: 'standard' | 'instant' | undefined;
  originalPayout?: string;
  sourceType?: string | undefined;
  statementDescriptor?: string | null | undefined;
};

/** Creates a payout from an account's balance to its bank. Throws Stripe's refusals. */
export function createPayout(w: World, order: PayoutOrder): Payout {
  refuseOddAmount(w, order);
  refuseDisabled(w, order.account);
  const bank = readBank(w, order);
  if (order.method === 'instant') refuseInstant(order, bank);
  refuseEmptyBalance(w, order);
  return makePayout(w, order, bank);
}

/** Creates a payout that needs no further check. The money leaves the balance immediately. */
export function makePayout(w: World, order: PayoutOrder, bank: BankAccount): Payout {
  const payout = newPayout(w, order, bank);
  payout.balance_transaction = book(w, {
    account: order.account,
    currency: payout.currency,
    amount: -payout.amount,
    type: 'payout',
    source: payout.id,
    description: payout.description,
    // The money of a debit is available only when it has arrived from the bank.
    ...(payout.amount < 0 && { availableOn: payout.arrival_date }),
  });
  insertRecord(w, 'payout', order.account, payout);
  emit(w, 'payout.created', order.account, view(payout));
  scheduleLife(w, payout);
  return payout;
}

function newPayout(w: World, order: PayoutOrder, bank: BankAccount): Payout {
  const method = order.method ?? 'standard';
  return {
    id: newId('po'),
    object: 'payout',
    amount: order.amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: arrivalOf(w.clock.seconds(), method),
    automatic: order.automatic ?? false,
    balance_transaction: '',
    created: w.clock.seconds(),
    currency: order.currency,
    description: order.description ?? (order.automatic ? 'STRIPE PAYOUT' : null),
    destination: bank.id,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: order.metadata ?? {},
    method,
    original_payout: order.originalPayout ?? null,
    payout_method: null,
    reconciliation_status: order.automatic ? 'in_progress' : 'not_applicable',
    reversed_by: null,
    source_type: order.sourceType ?? 'card',
    statement_descriptor: order.statementDescriptor ?? null,
    status: 'pending',
    trace_id: { status: 'pending', value: null },
    type: 'bank_account',
  };
}

function refuseOddAmount(w: World, { account, amount, currency }: PayoutOrder): void {
  refuseFraction(amount, currency);
  const step = payoutStep(currency);
  if (amount % step !== 0) {
    throw invalid(`Payouts in ${currency} must be divisible by ${step}.`, { param: 'amount' });
  }
  const least = smallestPayout(currency, countryOf(readAccount(w, account)));
  if (amount >= least) return;
  throw invalid(`Amount must be at least ${written(least, currency)} ${currency}`, {
    code: 'amount_too_small',
    param: 'amount',
  });
}

function refuseDisabled(w: World, id: string): void {
  const { internal } = readAccount(w, id);
  if (internal.payouts.status === 'active' && !internal.payoutsPaused) return;
  throw refusal(
    'Payouts are not enabled for this account. Its requirements say what is needed to enable them.',
    { code: 'payouts_not_allowed' },
  );
}

function readBank(w: World, { account, currency, destination }: PayoutOrder): BankAccount {
  if (destination === undefined) {
    const standard = defaultBank(w, account, currency);
    if (standard) return standard;
    throw refusal(`Sorry, you don't have any external accounts in that currency (${currency})`, {
      code: 'no_external_account_in_currency',
      param: 'currency',
    });
  }
  const bank = findRecord(w, 'bank_account', destination, account);
  const param = 'destination';
  if (!bank) {
    const code = 'resource_missing';
    throw refusal(`No such external account: '${destination}'`, { code, param });
  }
  if (bank.internal.deleted) {
    throw refusal(`The bank account ${bank.id} has been deleted and can no longer be used.`, {
      param,
    });
  }
  if (bank.currency === currency) return bank;
  throw refusal(
    `The external account ${bank.id} is in ${bank.currency} and cannot receive ${currency}.`,
    { param },
  );
}

/** The bank account for payouts in a currency if the request names none. */
export function defaultBank(w: World, account: string, currency: string): BankAccount | undefined {
  return bankAccountsOf(w, account).find(
    (bank) => bank.currency === currency && bank.default_for_currency,
  );
}

function refuseInstant({ amount, currency }: PayoutOrder, bank: BankAccount): void {
  if (!bank.available_payout_methods.includes('instant')) {
    throw refusal('Instant payouts are not supported for this external account.', {
      code: 'instant_payouts_unsupported',
      param: 'method',
    });
  }
  if (currency !== 'usd' || (amount >= 50 && amount <= 9_999_00)) return;
  throw refusal('Instant payouts must be between $0.50 and $9,999.00.', {
    code: 'instant_payouts_limit_exceeded',
    param: 'amount',
  });
}

function refuseEmptyBalance(w: World, order: PayoutOrder): void {
  const { account, amount, currency, sourceType = 'card' } = order;
  const available = sourceType === 'card' ? totalsOf(w, account, currency).available : 0;
  if (amount <= available) return;
  throw refusal(
    'You have insufficient funds in your Stripe account for this transfer. Your ' +
      `${sourceType.replace('_', ' ')} balance is too low.  You can use the /v1/balance endpoint to ` +
      'view your Stripe balance (for more details, see stripe.com/docs/api#balance).',
    { code: 'balance_insufficient' },
  );
}
