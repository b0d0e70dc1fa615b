import { StripeFault } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';

/** A request to Stripe's surface, parsed. */
export type StripeRequest = {
  id: string;
  at: number;
  method: string;
  path: string;
  version: 'v1' | 'v2';
  account: string;
  /** The idempotency key, where the method honours one. */
  key: string | null;
  params: JsonObject;
};

/** What is written back. */
export type Answer = { status: number; body: string; headers: Record<string, string> };

/** Errors of v2 are told apart by their type. */
export function asV2(fault: StripeFault): StripeFault {
  if (fault.body.code !== 'rate_limit') return fault;
  return new StripeFault(fault.status, { ...fault.body, type: 'rate_limit' }, false, fault.headers);
}
