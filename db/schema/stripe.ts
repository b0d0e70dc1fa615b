import type { Generated } from 'kysely';
import type { StripeAccountId } from '../../domain/ids.ts';
import type { RefusalKind } from '../../domain/stripe.ts';
import type { Instant, Json, Maybe, MaybeInstant, MaybeJson } from './columns.ts';

/** The tables of requests to Stripe. */
export type StripeTables = {
  attempts: AttemptsTable;
  budget_slots: { name: string; spacing_ms: number; next_at: Instant };
};

type AttemptsTable = {
  key: string;
  object_id: string;
  step: string;
  number: number;
  state: Generated<'started' | 'succeeded' | 'refused' | 'unknown'>;
  account: Maybe<StripeAccountId>;
  api_version: string;
  request: Json;
  created_at: Instant;
  first_sent_at: MaybeInstant;
  last_sent_at: MaybeInstant;
  tries: Generated<number>;
  denied_tries: Generated<number>;
  in_doubt_since: MaybeInstant;
  stripe_id: Maybe<string>;
  refusal: Maybe<RefusalKind>;
  error: MaybeJson;
  decided_at: MaybeInstant;
};
