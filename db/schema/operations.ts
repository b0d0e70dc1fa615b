import type { Generated } from 'kysely';
import type { MoneyStopId, PostgresStartId } from '../../domain/ids.ts';
import type { StopCause } from '../../domain/money-stops.ts';
import type { LossCause } from '../../domain/recovery/starts.ts';
import type { Instant, Maybe, MaybeInstant } from './columns.ts';

/** The tables about the whole installation: what it is, whether money moves, and its servers. */
export type OperationsTables = {
  installation: {
    id: Generated<boolean>;
    stripe_account: string;
    livemode: boolean;
    stripe_is: 'stripe' | 'sandbox';
    temporal_namespace: string;
    platform_country: string;
    created_at: Instant;
  };
  operations: {
    id: Generated<boolean>;
    compared_start: Maybe<string>;
    alive_at: MaybeInstant;
  };
  money_stops: {
    id: MoneyStopId;
    cause: StopCause;
    reason: string;
    stopped_by: string;
    stopped_at: Instant;
    confirmed_at: Instant;
    same_as: Generated<string>;
    lifted_at: MaybeInstant;
    lifted_by: Maybe<string>;
    lift_reason: Maybe<string>;
  };
  postgres_starts: {
    id: PostgresStartId;
    position: Generated<number>;
    start: string;
    data_id: string | null;
    timeline: number | null;
    is_durable: boolean;
    seen_at: Instant;
    cause: Maybe<LossCause>;
    lost_from: MaybeInstant;
    lost_until: MaybeInstant;
    acknowledged_at: MaybeInstant;
    acknowledged_by: Maybe<string>;
    reason: Maybe<string>;
  };
  right_to_send: {
    id: Generated<boolean>;
    token: string | null;
    next_tokens: Generated<string[]>;
    next_start: string | null;
    claimed_start: string | null;
    claimed_at: MaybeInstant;
    seen_at: MaybeInstant;
    lost_to: string | null;
    lost_reason: string | null;
    is_unguarded: Generated<boolean>;
  };
  checks: { name: string; passed: boolean; remedy: string; checked_at: Instant };
};
