import { createHash, timingSafeEqual } from 'node:crypto';
import { invalid, StripeFault } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import { platformId } from '../core/world.ts';
import type { StripeRequest } from './exchange.ts';
import { parseForm } from './form.ts';

/** A request as it was received. */
export type Raw = {
  method: string;
  path: string;
  query: string;
  body: string;
  header: (name: string) => string | undefined;
};

/** A request as far as it is readable, with the reason why the rest is not. */
export type Reading = { request: StripeRequest; fault?: StripeFault };

/** Reads a request: the caller, the acting account, the key and the parameters. */
export function readRequest(raw: Raw, secretKey: string): Reading {
  const version = raw.path.startsWith('/v2/') ? 'v2' : 'v1';
  const keyed = raw.method === 'POST' || (version === 'v2' && raw.method === 'DELETE');
  const request: StripeRequest = {
    id: newId('req', 14),
    at: Date.now(),
    method: raw.method,
    path: raw.path,
    version,
    account: accountOf(raw),
    key: (keyed && raw.header('idempotency-key')) || null,
    params: {},
  };
  try {
    checkKey(raw.header('authorization'), secretKey);
    checkHeaders(raw, version);
    request.params = paramsOf(raw, version);
    return { request };
  } catch (error) {
    if (error instanceof StripeFault) return { request, fault: error };
    throw error;
  }
}

function accountOf({ header }: Raw): string {
  // A context is a path of ids. The last id is the acting account.
  const context = header('stripe-context')?.split('/').at(-1);
  return header('stripe-account') ?? context ?? platformId;
}

function checkKey(header: string | undefined, secretKey: string): void {
  const given = keyFrom(header);
  if (given === '') {
    throw unauthorized(
      'You did not provide an API key. You need to provide your API key in the Authorization ' +
        "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See " +
        'https://stripe.com/docs/api#authentication for details, or we can help at ' +
        'https://support.stripe.com/.',
    );
  }
  if (!isSame(given, secretKey)) {
    const shown = `${given.slice(0, 8)}${'*'.repeat(8)}${given.slice(-4)}`;
    throw unauthorized(`Invalid API Key provided: ${shown}`);
  }
}

function keyFrom(header: string | undefined): string {
  const [scheme = '', value = ''] = (header ?? '').split(' ');
  if (scheme.toLowerCase() === 'bearer') return value.trim();
  if (scheme.toLowerCase() !== 'basic') return '';
  return Buffer.from(value, 'base64').toString().split(':')[0] ?? '';
}

function isSame(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

function unauthorized(message: string): StripeFault {
  const headers = { 'WWW-Authenticate': 'Bearer realm="Stripe"' };
  return new StripeFault(401, { type: 'invalid_request_error', message }, false, headers);
}

function checkHeaders({ header }: Raw, version: 'v1' | 'v2'): void {
  const apiVersion = header('stripe-version');
  if (apiVersion === undefined && version === 'v2') {
    throw invalid('A Stripe-Version header is required to call this endpoint.', {
      code: 'api_version_missing',
    });
  }
  if (apiVersion !== undefined && !/^\d{4}-\d{2}-\d{2}(\.[a-z_]+)?(;.*)?$/.test(apiVersion)) {
    throw invalid(`Invalid Stripe API version: ${apiVersion}`);
  }
  if ((header('idempotency-key') ?? '').length > 255) {
    throw invalid('Idempotency keys can have up to 255 characters.');
  }
  const [account, context] = [header('stripe-account'), header('stripe-context')];
  if (account !== undefined && context !== undefined && context.split('/').at(-1) !== account) {
    throw invalid('Stripe-Account and Stripe-Context name different accounts.');
  }
}

function paramsOf({ method, query, body, header }: Raw, version: 'v1' | 'v2'): JsonObject {
  if (method !== 'POST' || body === '') return parseForm(query);
  const type = header('content-type') ?? '';
  if (version === 'v2') return { ...parseForm(query), ...parseJson(body) };
  if (type.includes('json')) {
    throw invalid(
      'Invalid request: v1 endpoints take application/x-www-form-urlencoded, not JSON.',
    );
  }
  return { ...parseForm(query), ...parseForm(body) };
}

function parseJson(body: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(body);
    if (isObject(parsed)) return parsed;
  } catch {
    // The check below reports this in Stripe's format.
  }
  throw invalid('The request body is not a JSON object.', { code: 'invalid_request_body' });
}
