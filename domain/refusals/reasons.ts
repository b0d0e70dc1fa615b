import { noRouteForSeller } from '../routing/waits.ts';
import type { RefusalKind } from '../stripe.ts';

/** Stripe's answer to a request, as it is stored. `message` is clean (`cleanMessage`). */
export type StripeError = {
  statusCode: number | null;
  type: string | null;
  code: string | null;
  requestId: string | null;
  message: string | null;
};

/** One reason for which Stripe refuses a request. */
type RefusalRow = {
  /** What the payout does after it. `other` waits for a person. */
  kind: RefusalKind;
  /** Stripe's codes for this reason (stripe-php, ErrorObject.php, 2026-11). */
  codes?: readonly string[];
  /** Stripe's message, where Stripe gives no code. Its source is named. */
  message?: RegExp;
  /** What happened, what it means for the money, and what to do. `place` is from the message. */
  forOperator: string | ((place: string) => string);
  forSeller: string;
  /** The command that ends a parked payout. Absent if it is a retry, after the cause is removed. */
  helps?: 'cancel' | 'paid-elsewhere';
};

const support = 'Your money is safe. Please write to support.';
const bank = 'Please check or replace your bank details; then your money is sent.';
const stays = 'The money stays where it is';

/** Why Stripe refuses requests. Everything about a known reason is stated here. */
const rows = {
  // docs.stripe.com/connect/cross-border-payouts, 2026-09; the text: github.com/NativePHP, issue 525
  'country-closed': {
    kind: 'other',
    helps: 'paid-elsewhere',
    message: /^Funds can't be sent to accounts located in ([A-Z]{2}) because it's restricted/,
    forOperator: (country) =>
      `Stripe does not let this platform send money to accounts in ${country}, because the country is outside the platform’s region. ${stays}. A retry does not help: pay the seller another way and end the payout as paid elsewhere, or ask Stripe to allow the country`,
    forSeller: noRouteForSeller,
  },
  // docs.stripe.com/connect/service-agreement-types, 2026-09
  'agreement-closed': {
    kind: 'other',
    helps: 'paid-elsewhere',
    message: /^Funds can't be sent to accounts located in ([A-Z]{2}) when the account is under/,
    forOperator: (country) =>
      `Stripe does not let this platform send money to accounts in ${country} under the full service agreement, and an account cannot change its agreement. ${stays}. A retry does not help: pay the seller another way and end the payout as paid elsewhere, or ask Stripe for accounts under the recipient agreement`,
    forSeller: noRouteForSeller,
  },
  'balance-too-low': {
    kind: 'balance-insufficient',
    codes: ['balance_insufficient', 'insufficient_funds'],
    forOperator: `The balance at Stripe was too low for this amount. ${stays}, and the request is sent again when more is available`,
    forSeller: 'Your money is being made ready for the payment. You do not need to do anything.',
  },
  'capability-missing': {
    kind: 'capability-missing',
    codes: [
      'insufficient_capabilities_for_transfer',
      'transfers_not_allowed',
      'payouts_not_allowed',
    ],
    forOperator: `The account lacks a capability that the request needs. ${stays}, and the request is sent again when the capability is active`,
    forSeller:
      'Your account cannot be paid now. Please open your payout settings and enter what is asked.',
  },
  // github.com/antiwork/gumroad, issue 4953, for the message about a deleted bank account
  'bank-account-missing': {
    kind: 'bank-details',
    codes: ['no_external_account_in_currency'],
    message: /has been deleted and can no longer be used|^No such external account/,
    forOperator: `The account has no bank account that takes this payout. ${stays}, and the payout is sent after the seller has entered a bank account`,
    forSeller: `Your bank account is missing. ${bank}`,
  },
  // github.com/antiwork/gumroad, issue 6523, for the message about the block list
  'bank-account-unusable': {
    kind: 'bank-details',
    codes: ['bank_account_unusable', 'bank_account_restricted'],
    message: /on your block list/,
    forOperator: `Stripe does not send money to this bank account. ${stays}, and the payout is sent after the seller has entered another bank account`,
    forSeller: `Your bank account cannot receive payments. ${bank}`,
  },
  'limit-reached': {
    kind: 'limit-reached',
    codes: ['payouts_limit_exceeded'],
    forOperator: `Stripe’s limit on payouts is reached. ${stays}, and the request is sent again later`,
    forSeller: 'Your payment takes a little longer. You do not need to do anything.',
  },
  'account-gone': {
    kind: 'other',
    codes: ['account_invalid'],
    message: /^No such destination/,
    forOperator: `The platform’s key cannot reach this account: it was closed, or it left the platform. ${stays}. Check the account in the Dashboard`,
    forSeller: `Your account is no longer connected. ${support}`,
  },
  'amount-too-small': {
    kind: 'other',
    helps: 'cancel',
    codes: ['amount_too_small'],
    forOperator: `The amount is below Stripe’s minimum for this country or currency. ${stays}. Cancel the payout, and order one when more was earned`,
    forSeller: 'The amount is too small to be sent. It is added to your next payment.',
  },
  'amount-too-large': {
    kind: 'other',
    helps: 'cancel',
    codes: ['amount_too_large'],
    forOperator: `The amount is above Stripe’s maximum. ${stays}. Cancel the payout, and order smaller payouts`,
    forSeller: 'Your payment is being split into smaller ones. You do not need to do anything.',
  },
  'country-unsupported': {
    kind: 'other',
    codes: ['country_unsupported'],
    forOperator:
      'Stripe does not support this country for the platform’s accounts. Nothing was made and no money moved. Ask Stripe, or close the seller',
    forSeller: `We cannot pay sellers in your country yet. ${support}`,
  },
  'too-late-to-cancel': {
    kind: 'other',
    codes: ['status_transition_invalid'],
    forOperator: 'Stripe has already sent the payout on, so that it goes on to the bank',
    forSeller: 'Your payment is already on its way to your bank.',
  },
  'blocked-by-stripe': {
    kind: 'other',
    codes: ['action_blocked', 'request_blocked', 'anomalous_money_movement_request'],
    forOperator: `Stripe blocked the request for review. ${stays}. Ask Stripe, and name the request id`,
    forSeller: `Your payment is being checked. ${support}`,
  },
} satisfies Record<string, RefusalRow>;

/** Why Stripe refused a request, in the engine's terms. */
export type RefusalReason = keyof typeof rows;

/** Every known reason for a refusal, for lists and tests. */
export const refusalReasons = Object.keys(rows) as RefusalReason[];

const table: Record<RefusalReason, RefusalRow> = rows;

type Asked = Pick<StripeError, 'code' | 'message'>;

/** Finds the reason for a refusal: by Stripe's code, otherwise by its message. Null if unknown. */
export function refusalReasonOf({ code, message }: Asked): RefusalReason | null {
  const byCode = refusalReasons.find((reason) => code !== null && isCodeOf(reason, code));
  return byCode ?? refusalReasons.find((reason) => isMessageOf(reason, message)) ?? null;
}

/** What the engine does after a refusal. An unknown reason waits for a person. */
export function refusalKindOf(error: Asked): RefusalKind {
  const reason = refusalReasonOf(error);
  return reason === null ? 'other' : table[reason].kind;
}

/** Stripe's answer with its explanation, as operators see it. */
export type ExplainedError = StripeError & {
  /** Null if the answer is not a known refusal. */
  reason: RefusalReason | null;
  explanation: string;
};

/**
 * Adds to Stripe's answer what it means. A known reason has our own sentence instead of Stripe's.
 */
export function explainError(error: StripeError): ExplainedError {
  const reason = refusalReasonOf(error);
  return { ...error, reason, explanation: sayRefusal(error) };
}

/** Why Stripe refused a request: our own sentence, or otherwise Stripe's clean message. */
export function sayRefusal(error: StripeError): string {
  const reason = refusalReasonOf(error);
  if (reason !== null) {
    const { forOperator, message } = table[reason];
    if (typeof forOperator === 'string') return forOperator;
    return forOperator(message?.exec(error.message ?? '')?.[1] ?? 'this country');
  }
  const { code, type, statusCode, requestId, message } = error;
  if (statusCode === null) return 'Stripe did not answer';
  const named = code ?? type ?? `status ${statusCode}`;
  const said = message === null ? 'The reason is not known here' : `Stripe says: ${message}`;
  const request = requestId === null ? '' : `. The Dashboard shows the request as ${requestId}`;
  return `${said} (${named})${request}`;
}

/** A refusal without any word of Stripe's, so that a history may contain it. */
export type OwnRefusal = {
  /** Why Stripe refused the request: our own sentence, or Stripe's codes for an unknown reason. */
  says: string;
  /** The command that ends a parked payout. */
  helps: 'retry' | 'cancel' | 'paid-elsewhere';
};

/** Says in our own words why Stripe refused a request, and what helps. */
export function ownRefusal(error: StripeError): OwnRefusal {
  const reason = refusalReasonOf(error);
  const helps = (reason && table[reason].helps) ?? 'retry';
  return { says: sayRefusal(onlyCodes(error)), helps };
}

/** Why Stripe refused the request of a payout, from all that is known of it. */
export function anyRefusal(of: {
  refused?: StripeError | null;
  refusal?: OwnRefusal | null;
}): OwnRefusal {
  if (of.refusal) return of.refusal;
  if (!of.refused) return { says: 'See the payout’s attempts', helps: 'retry' };
  return { ...ownRefusal(of.refused), says: sayRefusal(of.refused) };
}

/** A message that is known has our own sentence. Of any other message, only the codes stay. */
export function onlyCodes({
  statusCode,
  type,
  code,
  requestId,
  message,
}: StripeError): StripeError {
  const known = refusalReasonOf({ code, message }) === null ? null : message;
  return { statusCode, type, code, requestId, message: known };
}

/** What a seller may know about a refusal. */
export function refusalForSeller(error: Asked): string {
  const reason = refusalReasonOf(error);
  return reason === null ? `Your payment could not be sent. ${support}` : table[reason].forSeller;
}

function isCodeOf(reason: RefusalReason, code: string): boolean {
  return table[reason].codes?.includes(code) === true;
}

function isMessageOf(reason: RefusalReason, message: string | null): boolean {
  return message !== null && table[reason].message?.test(message) === true;
}
