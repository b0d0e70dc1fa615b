import type { JsonObject } from './json.ts';

/** A request to Stripe's API with its answer, even if the answer was dropped. */
export type Exchange = {
  method: string;
  path: string;
  account: string;
  key: string | null;
  params: JsonObject;
  status: number;
  body: unknown;
  /** True if a test injected the answer, which may then differ from Stripe's formats. */
  injected: boolean;
};

/**
 * Observes all answers and events of the sandbox, so that tests can compare them with Stripe's
 * OpenAPI document.
 */
export type Witness = {
  exchange(exchange: Exchange): void;
  event(version: 'v1' | 'v2', body: unknown): void;
  unknown(call: Unknown): void;
};

/** A request that the sandbox does not support. */
export type Unknown = { method: string; path: string; reason: string };
