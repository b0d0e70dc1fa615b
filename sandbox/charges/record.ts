import type { JsonObject } from '../core/json.ts';
import type { World } from '../core/world.ts';
import type { Charge, Transfer } from '../store/records.ts';

type Given = Pick<Charge, 'id' | 'amount' | 'currency'> & Partial<Charge>;

/** A succeeded charge with every field Stripe shows, before it is booked. */
export function newCharge(w: World, given: Given): Charge {
  return {
    object: 'charge',
    amount_captured: given.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: '',
    billing_details: billingDetails,
    calculated_statement_descriptor: null,
    captured: true,
    created: w.clock.seconds(),
    customer: null,
    description: null,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: false,
    metadata: {},
    on_behalf_of: null,
    outcome: null,
    paid: true,
    payment_intent: null,
    payment_method: null,
    payment_method_details: null,
    receipt_email: null,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'succeeded',
    transfer_data: null,
    transfer_group: null,
    ...given,
  };
}

/** The arrival of a transfer at its destination, in the transfer's own currency. */
export function newArrival(w: World, transfer: Transfer, id: string): Charge {
  return newCharge(w, {
    id,
    amount: transfer.amount,
    currency: transfer.currency,
    payment_method_details: { stripe_account: {}, type: 'stripe_account' },
    source_transfer: transfer.id,
    transfer_group: transfer.transfer_group,
  });
}

const noAddress = {
  city: null,
  country: null,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
};

const billingDetails: JsonObject = {
  address: noAddress,
  email: null,
  name: null,
  phone: null,
  tax_id: null,
};
