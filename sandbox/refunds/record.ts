import { newId } from '../core/ids.ts';
import type { World } from '../core/world.ts';
import { saveRecord } from '../store/objects.ts';
import type { Charge, Refund } from '../store/records.ts';

/** A refund before it is booked, of a charge or of the arrival of a transfer. */
export function newRefund(w: World, charge: string, amount: number, currency: string): Refund {
  return {
    id: newId(charge.startsWith('py_') ? 'pyr' : 're'),
    object: 'refund',
    amount,
    balance_transaction: '',
    charge,
    created: w.clock.seconds(),
    currency,
    customer: null,
    customer_account: null,
    metadata: {},
    payment_intent: null,
    payment_method: null,
    reason: null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
}

/** Notes on a charge how much of it has been given back. */
export function noteRefund(w: World, charge: Charge, amount: number): Charge {
  const amount_refunded = charge.amount_refunded + amount;
  const after = { ...charge, amount_refunded, refunded: amount_refunded === charge.amount };
  saveRecord(w, after);
  return after;
}
