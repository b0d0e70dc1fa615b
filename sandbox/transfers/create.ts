import { bankAccountsOf, countryOf, findAccount, readAccount } from '../accounts/record.ts';
import { settlementOf } from '../books/balance-transactions.ts';
import { book, totalsOf } from '../books/balance.ts';
import { isSelfServe, needsRecipientAgreement } from '../books/countries.ts';
import { convertNow, readMarkets } from '../books/markets.ts';
import { showTransfer } from '../books/views.ts';
import { newArrival } from '../charges/record.ts';
import { invalid, refusal } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { Metadata } from '../core/metadata.ts';
import { platformId, type World } from '../core/world.ts';
import { emit } from '../events/emit.ts';
import { refuseFraction, written } from '../money/fields.ts';
import { insertRecord, readRecord } from '../store/objects.ts';
import type { AccountRecord, Charge, Transfer } from '../store/records.ts';

/** The order of a transfer. */
export type TransferOrder = {
  amount: number;
  currency: string;
  destination: string;
  description?: string | undefined;
  metadata: Metadata;
  sourceTransaction?: string | undefined;
  sourceType?: string | undefined;
  transferGroup?: string | undefined;
};

const recipientAgreementDelay = 24 * 3600;

/**
 * Moves money from the platform to a connected account. Creates two balance transactions and the
 * arrival (`py_`).
 */
export function createTransfer(w: World, order: TransferOrder): Transfer {
  refuseFraction(order.amount, order.currency);
  const destination = readDestination(w, order.destination);
  refuseIncapable(destination);
  refuseCorridor(w, destination);
  const source = readSource(w, order);
  if (!source) refuseEmptyBalance(w, order);
  const transfer = newTransfer(w, order, source);
  const arrival = newArrival(w, transfer, newId('py'));
  transfer.destination_payment = arrival.id;
  const available = source && settlementOf(w, source.balance_transaction).availableOn;
  transfer.balance_transaction = book(w, {
    account: platformId,
    currency: order.currency,
    amount: -order.amount,
    type: 'transfer',
    source: transfer.id,
    description: transfer.description,
    ...(available !== undefined && { availableOn: available }),
  });
  arrival.balance_transaction = bookArrival(w, destination, arrival, available);
  insertRecord(w, 'transfer', platformId, transfer);
  insertRecord(w, 'charge', destination.id, arrival);
  emit(w, 'transfer.created', platformId, showTransfer(w, transfer));
  return transfer;
}

/** The transfer group of a charge: its own group, or otherwise a group made from its id. */
export function groupOf(charge: Charge): string {
  return charge.transfer_group ?? `group_${charge.id.slice('ch_'.length)}`;
}

function bookArrival(
  w: World,
  destination: AccountRecord,
  arrival: Charge,
  chargeAvailable: number | undefined,
): string {
  const { amount, currency, id } = arrival;
  const home = settlementCurrency(w, destination, currency);
  const converted =
    home === currency ? { amount, rate: null } : convertNow(w, amount, currency, home);
  if (converted.amount === 0) throw tooSmall(home);
  const waits = destination.internal.serviceAgreement === 'recipient' ? recipientAgreementDelay : 0;
  return book(w, {
    account: destination.id,
    currency: home,
    amount: converted.amount,
    type: 'payment',
    source: id,
    exchangeRate: converted.rate,
    availableOn: (chargeAvailable ?? w.clock.seconds()) + waits,
  });
}

function tooSmall(currency: string) {
  return refusal(`This amount is too small to be converted to ${currency}.`, {
    code: 'amount_too_small',
    param: 'amount',
  });
}

/**
 * The currency in which the account receives a transfer: the same currency if the account can pay
 * it out, otherwise its default currency.
 */
function settlementCurrency(w: World, account: AccountRecord, currency: string): string {
  const home = account.defaults.currency;
  if (currency === home) return home;
  return bankAccountsOf(w, account.id).some((bank) => bank.currency === currency) ? currency : home;
}

function readDestination(w: World, id: string): AccountRecord {
  const account = id === platformId ? undefined : findAccount(w, id);
  if (account && !account.closed && !account.internal.deauthorized) return account;
  throw refusal(`No such destination: '${id}'`, { code: 'resource_missing', param: 'destination' });
}

function refuseIncapable({ internal }: AccountRecord): void {
  if (internal.transfersRequested && internal.stripeTransfers.status === 'active') return;
  throw refusal(
    'Your destination account needs to have at least one of the following capabilities enabled: ' +
      'transfers, crypto_transfers, legacy_payments, stripe_balance.stripe_transfers',
    { code: 'insufficient_capabilities_for_transfer' },
  );
}

function refuseCorridor(w: World, to: AccountRecord): void {
  const [from, country] = [countryOf(readAccount(w, platformId)), countryOf(to)];
  const isRecipient = to.internal.serviceAgreement === 'recipient';
  const isClosed = from !== country && readMarkets(w).closedTo.includes(country);
  const isOpen = isRecipient ? needsRecipientAgreement(from, country) : isSelfServe(from, country);
  if (!isClosed && (isOpen || from === country)) return;
  const begin = `Funds can't be sent to accounts located in ${country}`;
  throw refusal(
    !isClosed && !isRecipient && needsRecipientAgreement(from, country)
      ? `${begin} when the account is under the \`full\` service agreement. To learn more, see ` +
          'https://stripe.com/docs/connect/service-agreement-types.'
      : `${begin} because it's restricted outside of your platform's region`,
  );
}

function refuseEmptyBalance(w: World, { amount, currency, sourceType }: TransferOrder): void {
  // All money in the sandbox came from cards, so other source types have no money.
  const available =
    (sourceType ?? 'card') === 'card' ? totalsOf(w, platformId, currency).available : 0;
  if (amount <= available) return;
  throw refusal(
    'You have insufficient available funds in your Stripe account. Try adding funds directly to ' +
      'your available balance by creating Charges using the 4000000000000077 test card. See: ' +
      'https://stripe.com/docs/testing#available-balance',
    { code: 'balance_insufficient' },
  );
}

function readSource(w: World, order: TransferOrder): Charge | undefined {
  if (order.sourceTransaction === undefined) return undefined;
  const charge = readRecord(w, 'charge', order.sourceTransaction, platformId);
  const settled = settlementOf(w, charge.balance_transaction).currency;
  if (settled !== order.currency) {
    throw refusal(
      `The currency of source_transaction's balance transaction (${settled}) must be the same as ` +
        `the transfer currency (${order.currency})`,
      { param: 'currency' },
    );
  }
  const already = transferredFrom(w, charge.id);
  if (already + order.amount <= charge.amount) return charge;
  throw refusal(
    'Transfers using this transaction as a source must not exceed the source amount of ' +
      `${written(charge.amount, charge.currency)}. (There is already a transfer using this source, ` +
      `amounting to a total of ${written(already, charge.currency)}.)`,
    { param: 'amount' },
  );
}

function transferredFrom(w: World, charge: string): number {
  const row = w.db.get<{ sum: number | null }>(
    `select sum(json_extract(body, '$.amount')) as sum from objects
     where kind = 'transfer' and json_extract(body, '$.source_transaction') = ?`,
    charge,
  );
  return row?.sum ?? 0;
}

function newTransfer(w: World, order: TransferOrder, source: Charge | undefined): Transfer {
  const group = source ? groupOf(source) : undefined;
  if (source?.transfer_group && order.transferGroup && order.transferGroup !== group) {
    throw invalid('The transfer_group must be that of the source_transaction.', {
      param: 'transfer_group',
    });
  }
  return {
    id: newId('tr'),
    object: 'transfer',
    amount: order.amount,
    amount_reversed: 0,
    balance_transaction: '',
    created: w.clock.seconds(),
    currency: order.currency,
    description: order.description ?? null,
    destination: order.destination,
    destination_payment: '',
    livemode: false,
    metadata: order.metadata,
    reversed: false,
    source_transaction: order.sourceTransaction ?? null,
    source_type: order.sourceType ?? 'card',
    transfer_group: order.transferGroup ?? group ?? null,
  };
}
