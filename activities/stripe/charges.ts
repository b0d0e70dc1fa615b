import type { Stripe } from 'stripe';
import type { ChargeFacts } from '../../domain/earnings/coverage.ts';

/** What Stripe shows of a charge. `availableOn` is null if the charge brings no money. */
export type ReadCharge = { charge: ChargeFacts; availableOn: string | null };

/**
 * Converts a charge of Stripe. Null while Stripe does not show yet whether and when the charge
 * brings money.
 */
export function toReadCharge(charge: Stripe.Charge): ReadCharge | null {
  const { balance_transaction: line, status, refunded } = charge;
  const booked = line !== null && typeof line === 'object' ? line : null;
  if (status === 'pending' || (booked === null && status !== 'failed' && !refunded)) return null;
  const availableOn = booked && new Date(booked.available_on * 1000).toISOString();
  return { charge: toCharge(charge, booked), availableOn };
}

function toCharge(charge: Stripe.Charge, booked: Stripe.BalanceTransaction | null): ChargeFacts {
  const { id, currency, status, disputed } = charge;
  return {
    id,
    currency,
    captured: charge.amount_captured,
    refunded: charge.amount_refunded,
    settled: booked && { amount: booked.amount, currency: booked.currency },
    isFailed: status === 'failed',
    isDisputed: disputed,
    passesOn: passedOn(charge),
  };
}

/**
 * What a destination charge passes on. `on_behalf_of` alone passes nothing on: it only says whose
 * business made the sale.
 */
function passedOn({ amount_captured, transfer, transfer_data }: Stripe.Charge) {
  if (transfer_data) {
    const { destination, amount } = transfer_data;
    const account = typeof destination === 'string' ? destination : destination.id;
    return { account, amount: amount ?? amount_captured };
  }
  return transfer ? { account: null, amount: amount_captured } : null;
}
