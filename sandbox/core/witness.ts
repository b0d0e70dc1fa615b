import type { JsonObject } from './json.ts';

/** One request to Stripe's API with its answer, or with the answer that a drop suppressed. */
export type Exchange = {
  method: string;
  path: string;
  account: string;
  key: string | null;
  params: JsonObject;
  status: number;
  body: unknown;
  /** The answer was ordered by a test; Stripe's own shapes are not to be expected. */
  injected: boolean;
};

/**
 * Observes every answer and event of the sandbox, so that tests can check them against Stripe's own
 * description.
 */
export type Witness = {
  exchange(exchange: Exchange): void;
  event(version: 'v1' | 'v2', body: unknown): void;
  unknown(call: Unknown): void;
};

/** A request that the sandbox does not support. */
export type Unknown = { method: string; path: string; reason: string };
