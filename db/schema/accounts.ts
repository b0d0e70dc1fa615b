import type { Generated } from 'kysely';
import type { AccountRead } from '../../domain/failed-reads/accounts.ts';
import type { SellerId, StripeAccountId } from '../../domain/ids.ts';
import type { Instant, Maybe, MaybeInstant } from './columns.ts';

/** The tables of Stripe's requirements, of bank accounts, and of failed reads. */
export type AccountTables = {
  requirements: {
    seller_id: SellerId;
    position: number;
    description: string;
    must_act: 'seller' | 'stripe';
    deadline: 'eventually_due' | 'currently_due' | 'past_due';
    deadline_at: MaybeInstant;
    blocks: string[];
    errors: string[];
  };
  bank_accounts: {
    seller_id: SellerId;
    stripe_id: string;
    currency: string;
    fingerprint: Maybe<string>;
    bank_name: Maybe<string>;
    last4: Maybe<string>;
    status: string;
    is_default: boolean;
    first_seen_at: Instant;
    gone_at: MaybeInstant;
    failures: Generated<number>;
    paused_at: MaybeInstant;
    cools_until: MaybeInstant;
    used_last: Generated<boolean>;
    pause_is_of_seller: Generated<boolean>;
    is_listed: Generated<boolean>;
    asks_person_since: MaybeInstant;
  };
  failed_reads: {
    stripe_account: StripeAccountId;
    what: AccountRead;
    endpoint: Maybe<string>;
    status_code: Maybe<number>;
    code: Maybe<string>;
    permission: Maybe<string>;
    refused: boolean;
    since: Instant;
    tried_at: Instant;
    compare_from: MaybeInstant;
  };
};
