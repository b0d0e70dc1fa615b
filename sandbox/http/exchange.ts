import { StripeFault } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';

/** A parsed request to Stripe's API. */
export type StripeRequest = {
  id: string;
  at: number;
  method: string;
  path: string;
  version: 'v1' | 'v2';
  account: string;
  /** The idempotency key. Null if the method ignores keys. */
  key: string | null;
  params: JsonObject;
};

/** The answer that is written to the connection. */
export type Answer = { status: number; body: string; headers: Record<string, string> };

/** Converts an error to v2, where rate limits have a type of their own. */
export function asV2(fault: StripeFault): StripeFault {
  if (fault.body.code !== 'rate_limit') return fault;
  return new StripeFault(fault.status, { ...fault.body, type: 'rate_limit' }, false, fault.headers);
}
