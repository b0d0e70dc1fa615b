import { settlementOf } from '../books/balance-transactions.ts';
import { book } from '../books/balance.ts';
import { show } from '../books/views.ts';
import { refusal } from '../core/errors.ts';
import type { Metadata } from '../core/metadata.ts';
import { platformId, type World } from '../core/world.ts';
import { refuseChargedBack } from '../disputes/life.ts';
import { settleWarning } from '../disputes/warnings.ts';
import { emit } from '../events/emit.ts';
import { written } from '../money/fields.ts';
import { changedFrom, insertRecord, readRecord, view } from '../store/objects.ts';
import type { Charge, Refund } from '../store/records.ts';
import { reverseTransfer } from '../transfers/reversals.ts';
import { newRefund, noteRefund } from './record.ts';

/** What a refund is made from. */
export type RefundOrder = {
  account: string;
  charge: string;
  amount?: number | undefined;
  metadata: Metadata;
  reason?: string | undefined;
  reverseTransfer?: boolean | undefined;
};

/** Gives a card charge back, whole or in part; the balance may become negative by it. */
export function createRefund(w: World, order: RefundOrder): Refund {
  const charge = readRecord(w, 'charge', order.charge, order.account);
  refuseChargedBack(w, charge);
  const amount = refundable(charge, order.amount);
  const refund = newRefund(w, charge.id, amount, charge.currency);
  Object.assign(refund, { metadata: order.metadata, reason: order.reason ?? null });
  const reversal = order.reverseTransfer ? takeBack(w, charge, amount) : null;
  refund.transfer_reversal = reversal;
  refund.balance_transaction = book(w, {
    account: order.account,
    currency: charge.currency,
    amount: -amount,
    type: 'refund',
    source: refund.id,
    // Until the charge is available, what is given back is taken from what is pending.
    availableOn: settlementOf(w, charge.balance_transaction).availableOn,
  });
  insertRecord(w, 'refund', order.account, refund);
  const after = noteRefund(w, charge, amount);
  emit(w, 'charge.refunded', order.account, show(w, after), changedFrom(charge, after));
  if (after.refunded) settleWarning(w, order.account, charge.id);
  emit(w, 'refund.created', order.account, view(refund));
  return refund;
}

function refundable(charge: Charge, asked: number | undefined): number {
  if (charge.source_transfer !== null) {
    throw refusal(`${charge.id} is the arrival of a transfer; reverse ${charge.source_transfer}.`);
  }
  const rest = charge.amount - charge.amount_refunded;
  if (rest === 0) {
    throw refusal(`Charge ${charge.id} has already been refunded.`, {
      code: 'charge_already_refunded',
    });
  }
  const amount = asked ?? rest;
  if (amount <= rest) return amount;
  const [wanted, left] = [amount, rest].map((one) => written(one, charge.currency));
  throw refusal(`Refund amount (${wanted}) is greater than unrefunded amount on charge (${left})`, {
    param: 'amount',
  });
}

/** Pulls back the share of a destination charge's transfer that belongs to what is refunded. */
function takeBack(w: World, charge: Charge, amount: number): string {
  if (charge.transfer === undefined) {
    throw refusal(`Charge ${charge.id} has no transfer to reverse.`, { param: 'reverse_transfer' });
  }
  const transfer = readRecord(w, 'transfer', charge.transfer, platformId);
  const share = Math.floor((transfer.amount * amount) / charge.amount);
  const rest = transfer.amount - transfer.amount_reversed;
  const last = charge.amount_refunded + amount === charge.amount;
  const order = {
    transfer: transfer.id,
    amount: last ? rest : Math.min(share, rest),
    metadata: {},
  };
  return reverseTransfer(w, order).id;
}
