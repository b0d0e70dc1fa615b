import type { Generated } from 'kysely';
import type { DestinationRole } from '../../domain/stripe-events/destinations.ts';
import type { Instant, Maybe, MaybeInstant } from './columns.ts';

/** The tables that show how Stripe's event destinations work. */
export type ReceiptTables = {
  webhook_destinations: {
    role: DestinationRole;
    is_expected: Generated<boolean>;
    fault: Maybe<'missing' | 'disabled' | 'wrong-types'>;
    looked_at: MaybeInstant;
    accepted_at: MaybeInstant;
    refused: Generated<number>;
    refused_because: Maybe<string>;
    refused_first_at: MaybeInstant;
    refused_last_at: MaybeInstant;
  };
  refused_webhooks: { problem: string; count: number; first_at: Instant; last_at: Instant };
};
