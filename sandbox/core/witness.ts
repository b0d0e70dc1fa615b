import type { JsonObject } from './json.ts';

/** One request of Stripe's surface with what was answered, or would have been before a drop. */
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

/** Sees everything the sandbox says, so that tests can hold it against Stripe's own description. */
export type Witness = {
  exchange(exchange: Exchange): void;
  event(version: 'v1' | 'v2', body: unknown): void;
  unknown(call: Unknown): void;
};

/** Something nobody taught the sandbox. */
export type Unknown = { method: string; path: string; reason: string };
