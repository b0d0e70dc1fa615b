import { errorAnswer, lockTimeout, StripeFault } from '../core/errors.ts';
import { asV2, type StripeRequest } from '../http/exchange.ts';
import { keyInUse } from '../http/idempotency.ts';
import type { Fault } from './faults.ts';

/**
 * What may befall a call: its connection is dropped before or after the work is done, a 500 is kept
 * under its key (and `done` although it says not), a 500 asks for a retry or against one, a 429
 * names a limit or a lock, its key is still in use, or it is slow.
 */
export const strikeKinds = [
  'drop-before',
  'drop-after',
  'stored-500',
  'stored-500-done',
  'retry-500',
  'no-retry-500',
  'global-rate',
  'global-concurrency',
  'endpoint-rate',
  'endpoint-concurrency',
  'resource-specific',
  'lock-timeout',
  'key-in-use',
  'delay',
] as const;
export type StrikeKind = (typeof strikeKinds)[number];

/** A fault at the n-th call of an endpoint, as `POST /v1/payouts`. */
export type Strike = { endpoint: string; n: number; fault: StrikeKind; delayMs: number };

/**
 * True if this fault can strike this request. Only a request with a key can find its key in use.
 */
export function canStrike(fault: StrikeKind, { key }: StripeRequest): boolean {
  return fault !== 'key-in-use' || key !== null;
}

/** The fault that a strike means for a request. */
export function faultOf({ endpoint, n, fault, delayMs }: Strike, request: StripeRequest): Fault {
  const id = `${fault} at ${endpoint} #${n}`;
  return { id, count: 1, ...harmless, ...effectOf(fault, delayMs, request) };
}

const harmless = {
  status: 500,
  body: '',
  headers: {},
  stored: false,
  processed: false,
  delayMs: 0,
};

type Effect = Partial<Fault> & Pick<Fault, 'kind'>;

function effectOf(fault: StrikeKind, delayMs: number, request: StripeRequest): Effect {
  switch (fault) {
    case 'drop-before':
    case 'drop-after':
      return { kind: fault };
    case 'delay':
      return { kind: 'delay', delayMs };
    case 'stored-500':
      return { ...answering(broken('false'), request), stored: true };
    case 'stored-500-done':
      return { ...answering(broken('false'), request), stored: true, processed: true };
    case 'retry-500':
      return answering(broken('true'), request);
    case 'no-retry-500':
      return answering(broken('false'), request);
    case 'lock-timeout':
      return answering(lockTimeout(), request);
    case 'key-in-use':
      return answering(inUse(request), request);
    default:
      return answering(tooMany(fault), request);
  }
}

function answering(answer: StripeFault, request: StripeRequest): Effect {
  const fault = request.version === 'v2' ? asV2(answer) : answer;
  const body = JSON.stringify(errorAnswer(fault, request.id));
  return { kind: 'status', status: fault.status, body, headers: fault.headers };
}

function broken(shouldRetry: 'true' | 'false'): StripeFault {
  const message = 'An unknown error occurred.';
  return new StripeFault(500, { type: 'api_error', message }, false, {
    'Stripe-Should-Retry': shouldRetry,
  });
}

function tooMany(reason: string): StripeFault {
  const message = 'Request rate limit exceeded.';
  const body = { type: 'invalid_request_error', code: 'rate_limit', message };
  return new StripeFault(429, body, false, { 'Stripe-Rate-Limited-Reason': reason });
}

function inUse({ key }: StripeRequest): StripeFault {
  const { status, body } = keyInUse(key ?? '');
  return new StripeFault(status, body, false, { 'Stripe-Should-Retry': 'true' });
}
