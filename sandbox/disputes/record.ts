import { startOfDay } from '../books/calendar.ts';
import type { Claim } from '../charges/cards.ts';
import { newId } from '../core/ids.ts';
import type { World } from '../core/world.ts';
import type { Charge, Dispute } from '../store/records.ts';

/** The kinds of evidence Stripe takes. */
export const evidenceNames = [
  'access_activity_log',
  'billing_address',
  'cancellation_policy',
  'cancellation_policy_disclosure',
  'cancellation_rebuttal',
  'customer_communication',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'customer_signature',
  'duplicate_charge_documentation',
  'duplicate_charge_explanation',
  'duplicate_charge_id',
  'product_description',
  'receipt',
  'refund_policy',
  'refund_policy_disclosure',
  'refund_refusal_explanation',
  'service_date',
  'service_documentation',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_documentation',
  'shipping_tracking_number',
  'uncategorized_file',
  'uncategorized_text',
] as const;

const daySeconds = 86_400;
const daysToAnswer = 8;

/** A dispute of what is left of a charge, before anything is withdrawn. */
export function newDispute(w: World, charge: Charge, { reason, inquiry }: Claim): Dispute {
  const now = w.clock.seconds();
  const code = reason === 'fraudulent' ? '10.4' : '13.1';
  return {
    id: newId('du'),
    object: 'dispute',
    amount: charge.amount - charge.amount_refunded,
    charge: charge.id,
    created: now,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: Object.fromEntries(evidenceNames.map((name) => [name, null])),
    evidence_details: {
      due_by: startOfDay(now) + (daysToAnswer + 1) * daySeconds - 1,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
    },
    intended_submission_method: null,
    is_charge_refundable: true,
    livemode: false,
    metadata: {},
    network_reason_code: code,
    payment_intent: null,
    payment_method_details: {
      type: 'card',
      card: {
        brand: 'visa',
        case_type: inquiry ? 'inquiry' : 'chargeback',
        network: 'visa',
        network_reason_code: code,
      },
    },
    reason,
    status: inquiry ? 'warning_needs_response' : 'needs_response',
    internal: { entries: [] },
  };
}
