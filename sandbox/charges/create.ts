import { readAccount } from '../accounts/record.ts';
import { announceBalance, book } from '../books/balance.ts';
import { addBusinessDays } from '../books/calendar.ts';
import { cardFee, convert } from '../books/money.ts';
import { show } from '../books/views.ts';
import { invalid } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { Metadata } from '../core/metadata.ts';
import { platformId, type World } from '../core/world.ts';
import { openDispute } from '../disputes/life.ts';
import { warnOf } from '../disputes/warnings.ts';
import { emit } from '../events/emit.ts';
import { refuseFraction, written } from '../money/fields.ts';
import { insertRecord, saveRecord } from '../store/objects.ts';
import type { Charge } from '../store/records.ts';
import { createTransfer, groupOf } from '../transfers/create.ts';
import { type Card, cardDetails, cardOf, declined } from './cards.ts';
import { newCharge } from './record.ts';

/** What a charge is made from. */
export type ChargeOrder = {
  account: string;
  amount: number;
  currency: string;
  description?: string | undefined;
  metadata: Metadata;
  source: string;
  transferData?: { amount: number | undefined; destination: string } | undefined;
  transferGroup?: string | undefined;
};

const usualDelayDays = 2;
const smallestInCents = 50;

/**
 * Charges a test card. The account gets the money, less Stripe's fee, at once or after some days.
 */
export function createCharge(w: World, order: ChargeOrder): Charge {
  refuseFraction(order.amount, order.currency);
  refuseSmall(order);
  const card = cardOf(order.source);
  if (card.decline !== undefined) throw declined(card.decline);
  const charge = chargeOf(w, order, card);
  charge.balance_transaction = bookCharge(w, order, charge, card);
  insertRecord(w, 'charge', order.account, charge);
  const told = order.transferData ? passOn(w, charge, order.transferData) : charge;
  emit(w, 'charge.succeeded', order.account, show(w, told));
  if (card.bypassesPending) announceBalance(w, order.account);
  if (card.warned) warnOf(w, order.account, charge.id);
  return card.dispute ? openDispute(w, order.account, told.id, card.dispute).charge : told;
}

function bookCharge(w: World, order: ChargeOrder, charge: Charge, card: Card): string {
  const { settings } = readAccount(w, order.account).internal;
  const delayDays = settings.delay_days_override ?? usualDelayDays;
  const later = card.bypassesPending ? 0 : addBusinessDays(w.clock.seconds(), delayDays);
  return book(w, {
    account: order.account,
    currency: order.currency,
    amount: order.amount,
    fee: cardFee(order.amount),
    type: 'charge',
    source: charge.id,
    description: charge.description,
    availableOn: later,
  });
}

/** A destination charge: the transfer is made with it. */
function passOn(
  w: World,
  charge: Charge,
  { amount, destination }: { amount: number | undefined; destination: string },
): Charge {
  const transfer = createTransfer(w, {
    amount: amount ?? charge.amount,
    currency: charge.currency,
    destination,
    metadata: {},
    sourceTransaction: charge.id,
  });
  const told: Charge = {
    ...charge,
    transfer: transfer.id,
    transfer_data: { amount: amount ?? null, destination },
    transfer_group: groupOf(charge),
  };
  saveRecord(w, told);
  return told;
}

function chargeOf(w: World, order: ChargeOrder, card: Card): Charge {
  if (order.transferData && order.account !== platformId) {
    throw invalid('Received unknown parameter: transfer_data', {
      code: 'parameter_unknown',
      param: 'transfer_data',
    });
  }
  return newCharge(w, {
    id: newId('ch'),
    amount: order.amount,
    currency: order.currency,
    calculated_statement_descriptor: 'SANDBOX PLATFORM',
    description: order.description ?? null,
    metadata: order.metadata,
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: 'approved_by_network',
      reason: null,
      risk_level: 'normal',
      risk_score: 20,
      seller_message: 'Payment complete.',
      type: 'authorized',
    },
    payment_method: order.source.startsWith('pm_') ? order.source : newId('card'),
    payment_method_details: cardDetails(card, order.amount),
    transfer_group: order.transferGroup ?? null,
  });
}

function refuseSmall({ amount, currency }: ChargeOrder): void {
  const least =
    currency === 'usd' ? smallestInCents : convert(smallestInCents, 'usd', currency).amount;
  if (amount >= least) return;
  throw invalid(`Amount must be at least ${written(least, currency)} ${currency}`, {
    code: 'amount_too_small',
    param: 'amount',
  });
}
