import type { JsonObject } from '../core/json.ts';
import type { Metadata } from '../core/metadata.ts';
import type { AccountLink } from './link-record.ts';
import type { Product } from './product-record.ts';
import type { EarlyFraudWarning } from './warning-record.ts';

/** The state of one capability of a recipient. */
export type Capability = {
  status: 'active' | 'pending' | 'restricted' | 'rejected' | 'unsupported';
  status_details: { code: string; resolution: string }[];
};

/** A requirement of an account as Accounts v2 lists it. */
export type RequirementEntry = {
  awaiting_action_from: 'user' | 'stripe';
  description: string;
  errors: { code: string; description: string }[];
  impact: JsonObject;
  minimum_deadline: { status: string };
  requested_reasons: { code: string }[];
};

/** When and how an account is paid out by itself. */
export type BalanceSettings = {
  debit_negative_balances: boolean;
  interval: 'daily' | 'weekly' | 'monthly' | 'manual';
  weekly_payout_days: string[];
  monthly_payout_days: number[];
  statement_descriptor: string | null;
  minimum_balance_by_currency: Record<string, number> | null;
  delay_days_override: number | null;
  start_of_day: { hour: number; minutes: number; timezone: string } | null;
};

/** A connected account, or the platform itself. `internal` never leaves the sandbox. */
export type AccountRecord = {
  id: string;
  created: string;
  contact_email?: string | undefined;
  contact_phone?: string | undefined;
  display_name?: string | undefined;
  dashboard: string;
  metadata: Metadata;
  closed: boolean;
  identity: JsonObject;
  defaults: JsonObject & { currency: string; responsibilities: JsonObject };
  internal: {
    recipient: boolean;
    transfersRequested: boolean;
    stripeTransfers: Capability;
    payouts: Capability;
    entries: RequirementEntry[];
    /** What Stripe has asked for once more, and until when (in milliseconds). */
    demands?: { description: string; deadline: number }[];
    /** Set while Stripe looks at what the seller entered. */
    reviewing: boolean;
    deauthorized: boolean;
    rejected: boolean;
    payoutsPaused: boolean;
    serviceAgreement: 'full' | 'recipient';
    settings: BalanceSettings;
  };
};

/** A bank account (or debit card) money is paid out to. */
export type BankAccount = {
  id: string;
  object: 'bank_account';
  account: string;
  account_holder_name: string | null;
  account_holder_type: string | null;
  account_type: string | null;
  available_payout_methods: string[];
  bank_name: string | null;
  country: string;
  currency: string;
  default_for_currency: boolean;
  fingerprint: string;
  last4: string;
  metadata: Metadata;
  routing_number: string | null;
  status: string;
  internal: { number: string; deleted: boolean };
};

/** Money that leaves for a bank. */
export type Payout = {
  id: string;
  object: 'payout';
  amount: number;
  application_fee: null;
  application_fee_amount: null;
  arrival_date: number;
  automatic: boolean;
  balance_transaction: string;
  created: number;
  currency: string;
  description: string | null;
  destination: string;
  failure_balance_transaction: string | null;
  failure_code: string | null;
  failure_message: string | null;
  livemode: false;
  metadata: Metadata;
  method: string;
  original_payout: string | null;
  payout_method: null;
  reconciliation_status: string;
  reversed_by: string | null;
  source_type: string;
  statement_descriptor: string | null;
  status: 'pending' | 'in_transit' | 'paid' | 'failed' | 'canceled';
  trace_id: { status: string; value: string | null };
  type: 'bank_account';
};

/** Money moved from the platform to a connected account. */
export type Transfer = {
  id: string;
  object: 'transfer';
  amount: number;
  amount_reversed: number;
  balance_transaction: string;
  created: number;
  currency: string;
  description: string | null;
  destination: string;
  destination_payment: string;
  livemode: false;
  metadata: Metadata;
  reversed: boolean;
  source_transaction: string | null;
  source_type: string;
  transfer_group: string | null;
};

/** A transfer, or a part of it, taken back. */
export type Reversal = {
  id: string;
  object: 'transfer_reversal';
  amount: number;
  balance_transaction: string;
  created: number;
  currency: string;
  destination_payment_refund: string;
  metadata: Metadata;
  source_refund: null;
  transfer: string;
};

/** Money in: a card charge, or (`py_`) the arrival of a transfer. */
export type Charge = {
  id: string;
  object: 'charge';
  amount: number;
  amount_captured: number;
  amount_refunded: number;
  application: null;
  application_fee: null;
  application_fee_amount: null;
  balance_transaction: string;
  billing_details: JsonObject;
  calculated_statement_descriptor: string | null;
  captured: boolean;
  created: number;
  currency: string;
  customer: null;
  description: string | null;
  disputed: boolean;
  failure_balance_transaction: null;
  failure_code: null;
  failure_message: null;
  fraud_details: JsonObject;
  livemode: false;
  metadata: Metadata;
  on_behalf_of: string | null;
  outcome: JsonObject | null;
  paid: boolean;
  payment_intent: null;
  payment_method: string | null;
  payment_method_details: JsonObject | null;
  receipt_email: string | null;
  receipt_number: null;
  receipt_url: null;
  refunded: boolean;
  review: null;
  shipping: JsonObject | null;
  source: null;
  source_transfer: string | null;
  statement_descriptor: string | null;
  statement_descriptor_suffix: string | null;
  status: 'succeeded';
  transfer?: string;
  transfer_data: JsonObject | null;
  transfer_group: string | null;
};

/** A charge, or a part of it, given back. */
export type Refund = {
  id: string;
  object: 'refund';
  amount: number;
  balance_transaction: string;
  charge: string;
  created: number;
  currency: string;
  customer: null;
  customer_account: null;
  metadata: Metadata;
  payment_intent: null;
  payment_method: null;
  reason: string | null;
  receipt_number: null;
  source_transfer_reversal: string | null;
  status: string;
  transfer_reversal: string | null;
};

/** Money pulled from the platform's bank to its balance. */
export type Topup = {
  id: string;
  object: 'topup';
  amount: number;
  balance_transaction: string | null;
  created: number;
  currency: string;
  description: string | null;
  expected_availability_date: number;
  failure_code: string | null;
  failure_message: string | null;
  initiated_by: 'user';
  livemode: false;
  metadata: Metadata;
  source: null;
  statement_descriptor: string | null;
  status: 'pending' | 'succeeded' | 'failed' | 'canceled' | 'reversed';
  transfer_group: string | null;
  internal: { failure: string | null };
};

/** A bank's claim on a charge; `internal.entries` are the balance transactions it caused. */
export type Dispute = {
  id: string;
  object: 'dispute';
  amount: number;
  charge: string;
  created: number;
  currency: string;
  enhanced_eligibility_types: string[];
  evidence: Record<string, string | null>;
  evidence_details: {
    due_by: number | null;
    enhanced_eligibility: JsonObject;
    has_evidence: boolean;
    past_due: boolean;
    submission_count: number;
  };
  intended_submission_method: string | null;
  is_charge_refundable: boolean;
  livemode: false;
  metadata: Metadata;
  network_reason_code: string;
  payment_intent: null;
  payment_method_details: { type: 'card'; card: { brand: string } & JsonObject };
  reason: string;
  status:
    | 'warning_needs_response'
    | 'warning_under_review'
    | 'warning_closed'
    | 'needs_response'
    | 'under_review'
    | 'won'
    | 'lost';
  internal: { entries: string[] };
};

/** Every kind of stored object. */
export type Records = {
  account: AccountRecord;
  bank_account: BankAccount;
  payout: Payout;
  transfer: Transfer;
  reversal: Reversal;
  charge: Charge;
  refund: Refund;
  topup: Topup;
  product: Product;
  dispute: Dispute;
  account_link: AccountLink;
  early_fraud_warning: EarlyFraudWarning;
};
