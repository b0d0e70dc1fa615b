import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { StripeAccountId } from '../../domain/ids.ts';
import type { RefusalKind } from '../../domain/stripe.ts';

type Instant = ColumnType<string, string | undefined, string>;
type MaybeInstant = ColumnType<string | null, string | null | undefined, string | null>;
type Maybe<T> = ColumnType<T | null, T | null | undefined, T | null>;
type Json = JSONColumnType<Record<string, unknown>>;
type MaybeJson = ColumnType<
  Record<string, unknown> | null,
  string | null | undefined,
  string | null
>;

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
  stripe_id: Maybe<string>;
  refusal: Maybe<RefusalKind>;
  error: MaybeJson;
  decided_at: MaybeInstant;
};
