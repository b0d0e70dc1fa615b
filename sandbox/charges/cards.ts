import { refusal, StripeFault } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';

/** How a test card behaves. */
export type Card = {
  brand: string;
  last4: string;
  bypassesPending: boolean;
  decline?: string;
  dispute?: Claim;
  /** Its bank warns of every charge on it. */
  warned?: true;
};

/** What the holder of a card claims of every charge on it. */
export type Claim = { reason: string; inquiry: boolean };

const brands: Record<string, [brand: string, last4: string]> = {
  visa: ['visa', '4242'],
  visa_debit: ['visa', '5556'],
  mastercard: ['mastercard', '4444'],
  amex: ['amex', '0005'],
  discover: ['discover', '1117'],
  us: ['visa', '4242'],
  bypassPending: ['visa', '0077'],
  bypassPendingInternational: ['visa', '0278'],
};

const claims: Record<string, Claim> = {
  createDispute: { reason: 'fraudulent', inquiry: false },
  createDisputeProductNotReceived: { reason: 'product_not_received', inquiry: false },
  createDisputeInquiry: { reason: 'product_not_received', inquiry: true },
};

const declines: Record<string, string> = {
  chargeDeclined: 'generic_decline',
  chargeDeclinedExpiredCard: 'expired_card',
  chargeDeclinedFraudulent: 'fraudulent',
  chargeDeclinedIncorrectCvc: 'incorrect_cvc',
  chargeDeclinedInsufficientFunds: 'insufficient_funds',
  chargeDeclinedProcessingError: 'processing_error',
  visa_chargeDeclined: 'generic_decline',
  visa_chargeDeclinedInsufficientFunds: 'insufficient_funds',
};

/** The card behind a test token (`tok_...`) or test payment method (`pm_card_...`). */
export function cardOf(source: string): Card {
  const name = source.replace(/^(tok|pm_card)_/, '');
  const decline = declines[name];
  if (decline !== undefined) return { ...cardNamed(['visa', '0002'], false), decline };
  const dispute = claims[name.replace('visa_', '')];
  if (dispute) return { ...cardNamed(['visa', '0259'], false), dispute };
  if (name === 'createIssuerFraudRecord')
    return { ...cardNamed(['visa', '5423'], false), warned: true };
  const known = brands[name];
  if (known) return cardNamed(known, name.startsWith('bypassPending'));
  throw refusal(`No such token: '${source}'`, { code: 'resource_missing', param: 'source' });
}

/** The answer for a card its bank declines. */
export function declined(reason: string): StripeFault {
  const code = ['generic_decline', 'insufficient_funds', 'fraudulent'].includes(reason)
    ? 'card_declined'
    : reason;
  const message = 'Your card was declined.';
  const body = { type: 'card_error', code, decline_code: reason, message };
  return new StripeFault(402, body, true);
}

/** A card as a charge shows it. */
export function cardDetails({ brand, last4 }: Card, amount: number): JsonObject {
  return {
    card: {
      amount_authorized: amount,
      authorization_code: null,
      brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: null },
      country: 'US',
      exp_month: 12,
      exp_year: 2034,
      fingerprint: `sandbox${last4}`,
      funding: 'credit',
      installments: null,
      last4,
      mandate: null,
      network: brand,
      network_token: { used: false },
      network_transaction_id: null,
      regulated_status: 'unregulated',
      three_d_secure: null,
      wallet: null,
    },
    type: 'card',
  };
}

function cardNamed([brand, last4]: [string, string], bypassesPending: boolean): Card {
  return { brand, last4, bypassesPending };
}
