import { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { judge } from '../../../activities/stripe/errors.ts';
import { denials } from '../../../domain/failed-reads/put-off.ts';

const {
  StripeAPIError,
  StripeAuthenticationError,
  StripeConnectionError,
  StripePermissionError,
  StripeRateLimitError,
} = Stripe.errors;

const api = (statusCode: number, more: object = {}) =>
  new StripeAPIError({ message: 'no', type: 'api_error', statusCode, ...more });
const network = (code: string) =>
  new StripeConnectionError({ message: 'no', type: 'api_error', detail: { code } as never });
const unconnected = (code: string) =>
  new StripeConnectionError({
    message: 'no',
    type: 'api_error',
    detail: { code, syscall: 'connect' } as never,
  });
const replayed = { headers: { 'idempotent-replayed': 'true' } };

test.each<[what: string, error: unknown, isDenied: boolean, why: string]>([
  [
    'a rate limit',
    new StripeRateLimitError({ message: 'no', type: 'rate_limit_error', statusCode: 429 }),
    true,
    'Stripe counts before it works',
  ],
  ['a locked object', api(429, { code: 'lock_timeout' }), true, 'another write has the object'],
  ['a lock, by status 409', api(409, { code: 'lock_timeout' }), true, 'the same'],
  [
    'a key that is not accepted',
    new StripeAuthenticationError({
      message: 'no',
      type: 'authentication_error',
      statusCode: 401,
    }),
    true,
    'Stripe knows nobody who could ask',
  ],
  ['a refused connection', network('ECONNREFUSED'), true, 'nothing was sent'],
  ['an unknown host', network('ENOTFOUND'), true, 'nothing was sent'],
  ['no name server', network('EAI_AGAIN'), true, 'nothing was sent'],
  ['no route to the host', unconnected('EHOSTUNREACH'), true, 'no connection was made'],
  ['no network', unconnected('ENETUNREACH'), true, 'no connection was made'],
  ['no connection in time', unconnected('ETIMEDOUT'), true, 'no connection was made'],
  ['a broken connection', network('ECONNRESET'), false, 'the request may have arrived'],
  ['no answer in time', network('ETIMEDOUT'), false, 'the request may have arrived'],
  ['a key in use', api(409, { code: 'idempotency_key_in_use' }), false, 'another try is running'],
  ['another conflict', api(409), false, 'nobody knows which'],
  ['a failure', api(500), false, 'Stripe may have begun'],
  ['an unavailable gateway', api(503), false, 'Stripe may have begun'],
  ['a stored limit', api(429, replayed), false, 'what is stored was begun'],
])('%s means certainly no: %j, because %s', (_what, error, isDenied) => {
  expect(judge(error, true)).toMatchObject({ kind: 'retry', isDenied });
});

const forbidden = (code?: string) =>
  new StripePermissionError({
    message: 'no',
    type: 'invalid_request_error',
    statusCode: 403,
    ...(code && { code }),
  });

test('a missing permission refuses the first try, and says nothing about an earlier one', () => {
  expect(judge(forbidden(), true)).toEqual({ kind: 'refused', refusal: 'permission-missing' });
  expect(judge(forbidden(), false)).toEqual({ kind: 'unknown' });
});

test('an account that has left is no missing permission', () => {
  const left = judge(forbidden('account_invalid'), true);
  expect(left).toEqual({ kind: 'refused', refusal: 'account-left' });
  expect(judge(forbidden('account_invalid'), false)).toEqual({ kind: 'unknown' });
});

test('every denial has a source', () => {
  for (const { source } of denials) expect(source).toMatch(/docs\.stripe\.com|\(\d\)/);
});
