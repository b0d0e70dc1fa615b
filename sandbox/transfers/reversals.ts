import { settlementOf } from '../books/balance-transactions.ts';
import { book, totalsOf } from '../books/balance.ts';
import { convertNow } from '../books/markets.ts';
import { shareOf } from '../books/money.ts';
import { showTransfer } from '../books/views.ts';
import { refusal } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { Metadata } from '../core/metadata.ts';
import { platformId, type World } from '../core/world.ts';
import { emit } from '../events/emit.ts';
import { written } from '../money/fields.ts';
import { newRefund, noteRefund } from '../refunds/record.ts';
import { changedFrom, insertRecord, readRecord, saveRecord } from '../store/objects.ts';
import type { Charge, Reversal, Transfer } from '../store/records.ts';

/** The order of a reversal. Without an amount, it reverses everything that is left. */
export type ReversalOrder = { transfer: string; amount?: number | undefined; metadata: Metadata };

/** Reverses a transfer, entirely or in part, from the seller's available balance. */
export function reverseTransfer(w: World, order: ReversalOrder): Reversal {
  const transfer = readRecord(w, 'transfer', order.transfer, platformId);
  const amount = reversible(transfer, order.amount);
  const arrival = readRecord(w, 'charge', transfer.destination_payment, transfer.destination);
  const reversal = newReversal(w, transfer, amount, order.metadata);
  reversal.destination_payment_refund = takeFromSeller(w, transfer, arrival, reversal);
  reversal.balance_transaction = book(w, {
    account: platformId,
    currency: transfer.currency,
    amount,
    type: 'transfer_refund',
    source: reversal.id,
  });
  insertRecord(w, 'reversal', platformId, reversal);
  const amount_reversed = transfer.amount_reversed + amount;
  const after = { ...transfer, amount_reversed, reversed: amount_reversed === transfer.amount };
  saveRecord(w, after);
  emit(w, 'transfer.reversed', platformId, showTransfer(w, after), changedFrom(transfer, after));
  return reversal;
}

function takeFromSeller(
  w: World,
  transfer: Transfer,
  arrival: Charge,
  { id, amount }: Reversal,
): string {
  const came = settlementOf(w, arrival.balance_transaction);
  // Each share is the difference of two running sums, so that the parts add up exactly to the
  // transfer.
  // Stripe converts at the rate of the reversal, not of the transfer.
  const whole =
    came.currency === transfer.currency
      ? came.amount
      : convertNow(w, transfer.amount, transfer.currency, came.currency).amount;
  const upTo = (reversed: number) => shareOf(whole, reversed, transfer.amount);
  const share = upTo(transfer.amount_reversed + amount) - upTo(transfer.amount_reversed);
  if (share === 0) {
    throw refusal(`The reversal would be less than the smallest amount in ${came.currency}.`, {
      code: 'amount_too_small',
      param: 'amount',
    });
  }
  const { available } = totalsOf(w, transfer.destination, came.currency);
  if (came.settled === 1 && share > available) throw sellerLacks();
  const refund = newRefund(w, arrival.id, amount, arrival.currency);
  refund.source_transfer_reversal = id;
  refund.balance_transaction = book(w, {
    account: transfer.destination,
    currency: came.currency,
    amount: -share,
    type: 'payment_refund',
    source: refund.id,
    availableOn: came.availableOn,
  });
  insertRecord(w, 'refund', transfer.destination, refund);
  noteRefund(w, arrival, amount);
  return refund.id;
}

function sellerLacks() {
  return refusal(
    'The destination account has insufficient available funds to reverse this transfer.',
    { code: 'balance_insufficient' },
  );
}

function reversible(transfer: Transfer, asked: number | undefined): number {
  const rest = transfer.amount - transfer.amount_reversed;
  if (rest === 0) throw refusal(`Transfer ${transfer.id} is already fully reversed.`);
  const amount = asked ?? rest;
  if (amount <= rest) return amount;
  const [wanted, left] = [amount, rest].map((one) => written(one, transfer.currency));
  throw refusal(
    `Reversal amount (${wanted}) is greater than unreversed amount on transfer (${left})`,
    { param: 'amount' },
  );
}

function newReversal(w: World, transfer: Transfer, amount: number, metadata: Metadata): Reversal {
  return {
    id: newId('trr'),
    object: 'transfer_reversal',
    amount,
    balance_transaction: '',
    created: w.clock.seconds(),
    currency: transfer.currency,
    destination_payment_refund: '',
    metadata,
    source_refund: null,
    transfer: transfer.id,
  };
}
