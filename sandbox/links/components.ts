import { invalid } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { flag, hash, mapOf, type Parsed, required } from '../core/params.ts';

const shape = { enabled: required(flag()), features: mapOf(flag()) };

/** The `components` of an account session. */
export const componentsField = mapOf(hash(shape));

const bank = ['disable_stripe_user_authentication', 'external_account_collection'];
const payouts = [...bank, 'edit_payout_schedule', 'instant_payouts', 'standard_payouts'];
const disputes = [
  'destination_on_behalf_of_charge_management',
  'dispute_management',
  'refund_management',
  'smart_disputes_management',
];
const payments = [...disputes, 'capture_payments'];
const cards = ['card_management', 'card_spend_dispute_management', 'spend_control_management'];
const issuing = [...cards, 'cardholder_management'];

const featuresOf: Record<string, string[]> = {
  account_management: bank,
  account_onboarding: bank,
  balance_report: [],
  balances: payouts,
  disputes_list: payments,
  documents: [],
  financial_account: [...bank, 'send_money', 'transfer_balance'],
  financial_account_transactions: ['card_spend_dispute_management'],
  instant_payouts_promotion: [...bank, 'instant_payouts'],
  issuing_card: issuing,
  issuing_cards_list: [...issuing, 'disable_stripe_user_authentication'],
  notification_banner: bank,
  payment_details: payments,
  payment_disputes: disputes,
  payment_method_settings: ['disable_stripe_user_authentication'],
  payments,
  payout_details: [],
  payout_reconciliation_report: [],
  payouts,
  payouts_list: [],
  tax_registrations: [],
  tax_settings: [],
};

type Asked = Record<string, Parsed<typeof shape> | undefined>;

/** Every component as a session shows it: on where it was asked for, with its features. */
export function componentsOf(asked: Asked): JsonObject {
  for (const [name, component] of Object.entries(asked)) {
    const known = featuresOf[name];
    if (!known) throw unknown(`components[${name}]`);
    for (const feature of Object.keys(component?.features ?? {})) {
      if (!known.includes(feature)) throw unknown(`components[${name}][features][${feature}]`);
    }
  }
  const shown = Object.entries(featuresOf).map(([name, known]) => {
    const { enabled = false, features = {} } = asked[name] ?? {};
    const all = known.map((feature) => [feature, features[feature] ?? false]);
    return [name, { enabled, features: Object.fromEntries(all) as JsonObject }];
  });
  return Object.fromEntries(shown) as JsonObject;
}

function unknown(param: string) {
  return invalid(`Received unknown parameter: ${param}`, { code: 'parameter_unknown', param });
}
