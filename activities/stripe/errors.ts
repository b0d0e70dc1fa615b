import { Stripe } from 'stripe';
import { type Denial, isDenial, lacksPermission } from '../../domain/failed-reads/put-off.ts';
import { cleanMessage } from '../../domain/refusals/cleaning.ts';
import { refusalKindOf, type StripeError } from '../../domain/refusals/reasons.ts';
import type { RefusalKind } from '../../domain/stripe.ts';

/**
 * What Stripe's answer means for the attempt:
 * - `retry`: nothing happened, or nothing is known; the same key may be sent again.
 * - `refused`: Stripe checked and declined; nothing moved under this key.
 * - `unknown`: the money may have moved, and sending the key again does not show whether it did.
 */
export type Verdict =
  | {
      kind: 'retry';
      type: 'StripeBusy' | 'StripeUnreachable' | 'StripeKeyRefused';
      /** True if this try certainly did nothing: Stripe, or the network, turned it away first. */
      isDenied: boolean;
      afterMs?: number;
    }
  | { kind: 'refused'; refusal: RefusalKind }
  | { kind: 'unknown' };

/**
 * The one place that interprets Stripe's errors. An answer that is not listed here is `unknown`,
 * never `refused` (docs.stripe.com/api/idempotent_requests and /error-low-level, 2026-09). A later
 * try of a key may be refused before Stripe checks whether the first try succeeded, for example
 * because the key lost a permission. On a later try, therefore, only a replayed answer or an answer
 * about the money itself proves that nothing moved.
 */
export function judge(error: unknown, isFirstTry: boolean): Verdict {
  if (!(error instanceof Stripe.errors.StripeError)) return { kind: 'unknown' };
  if (error instanceof Stripe.errors.StripeConnectionError) {
    const network = wasConnecting(error) ? 'connect' : networkErrorOf(error);
    return { ...unreachable, isDenied: isDenial({ statusCode: null, code: null, network }) };
  }
  const status = error.statusCode ?? 0;
  const should = error.headers?.['stripe-should-retry'];
  const replayed = error.headers?.['idempotent-replayed'] === 'true';
  // A request with the same key is running, whatever the type of this error. A later try gets its
  // answer.
  if (error.code === 'idempotency_key_in_use') return { ...busy, isDenied: false };
  if (error.rawType === 'idempotency_error') return { kind: 'unknown' };
  // An answer that is not JSON comes from a gateway before Stripe or is incomplete. Another try
  // with the same key shows the outcome.
  if (status === 0) return unreachable;
  const answer = { statusCode: status, code: error.code ?? null, network: null };
  const isDenied = isDenial(answer) && !replayed;
  if (status === 409 || status === 429) return { ...busy, isDenied };
  if (status === 401) {
    return { kind: 'retry', type: 'StripeKeyRefused', isDenied, afterMs: 60_000 };
  }
  if (status >= 500) {
    // Stripe replays a stored 500 for 24 hours, whatever really happened.
    return replayed || should === 'false' ? { kind: 'unknown' } : unreachable;
  }
  if (should === 'true') return { ...busy, isDenied: false };
  if (status === 400 || status === 402 || status === 403 || status === 404) {
    const asked = { code: answer.code, message: error.message };
    const refusal = status === 403 ? refusalOfKey(answer) : refusalKindOf(asked);
    const isDefinite = isFirstTry || replayed || isAboutMoney(refusal);
    return isDefinite ? { kind: 'refused', refusal } : { kind: 'unknown' };
  }
  return { kind: 'unknown' };
}

/**
 * The parts of an error that may be stored, logged and shown to operators. The message is cleaned,
 * because it can contain bank details and names.
 */
export function factsOf(error: unknown): StripeError {
  if (!(error instanceof Stripe.errors.StripeError)) {
    return { statusCode: null, type: null, code: null, requestId: null, message: null };
  }
  // Without an answer from Stripe, the message is the network's.
  const isAnswer = !(error instanceof Stripe.errors.StripeConnectionError);
  return {
    statusCode: error.statusCode ?? null,
    type: error.rawType ?? null,
    code: error.code ?? null,
    requestId: error.requestId ?? null,
    message: isAnswer ? cleanMessage(error.message) : null,
  };
}

/**
 * The network's error code when no answer arrived, such as ENOTFOUND. Null for every other error.
 */
export function networkErrorOf(error: unknown): string | null {
  if (!(error instanceof Stripe.errors.StripeConnectionError)) return null;
  const { detail } = error as { detail?: { code?: unknown; cause?: { code?: unknown } } | null };
  const code = detail?.code ?? detail?.cause?.code;
  return typeof code === 'string' ? code : 'no answer';
}

const unreachable = { kind: 'retry', type: 'StripeUnreachable', isDenied: false } as const;
const busy = { kind: 'retry', type: 'StripeBusy' } as const;

/** True if the network failed while the connection was made, so that nothing was sent. */
function wasConnecting({ detail }: { detail?: unknown }): boolean {
  const of = (detail ?? {}) as { syscall?: unknown; cause?: { syscall?: unknown } };
  return (of.syscall ?? of.cause?.syscall) === 'connect';
}

/**
 * Stripe checks these before it knows the idempotency key, so they say nothing about other tries.
 */
function refusalOfKey(answer: Denial): RefusalKind {
  return lacksPermission(answer) ? 'permission-missing' : 'account-left';
}

/** True for an answer about the money itself. */
function isAboutMoney(refusal: RefusalKind): boolean {
  return !['other', 'permission-missing', 'account-left'].includes(refusal);
}
