import type { Generated } from 'kysely';
import type { DiscrepancyId, PayoutId, SellerId, StripeAccountId } from '../../domain/ids.ts';
import type { Cause, Outcome } from '../../domain/reconciliation/discrepancies.ts';
import type { Standing } from '../../domain/reconciliation/movements.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import type { Instant, Maybe, MaybeInstant } from './columns.ts';

/** The tables of Stripe's books and their comparison with the ledger. */
export type BooksTables = {
  adoptions: {
    stripe_id: string;
    step: MoneyStep;
    payout_id: PayoutId;
    stripe_account: StripeAccountId;
    amount: number;
    currency: string;
    created_at: Instant;
    found_at: Instant;
    closed_at: MaybeInstant;
    closed_by: Maybe<string>;
    outcome: Maybe<'adopted' | 'dismissed'>;
    reason: Maybe<string>;
  };
  movements: {
    id: string;
    seller_id: Maybe<SellerId>;
    type: string;
    currency: string;
    net: number;
    source: Maybe<string>;
    object: Maybe<string>;
    transfer: Maybe<string>;
    charge: Maybe<string>;
    payout_id: Maybe<PayoutId>;
    is_of_charge: Generated<boolean>;
    of_charge: Maybe<string>;
    standing: Generated<Standing>;
    created_at: Instant;
    available_on: Instant;
    read_at: Instant;
    noted_at: Instant;
    position: Generated<number>;
  };
  movement_sums: { book: string; currency: string; type: string; lines: number; net: number };
  claims: {
    entry_id: number;
    side: 'account' | 'platform';
    seller_id: SellerId;
    currency: string;
    net: number;
    object: string;
    movement_id: Maybe<string>;
    created_at: Instant;
  };
  reconciliation: {
    id: Generated<boolean>;
    read_from: MaybeInstant;
    walk_began_at: MaybeInstant;
    walk_newest: MaybeInstant;
    walk_after: Maybe<string>;
    read_until: MaybeInstant;
    passed_at: MaybeInstant;
  };
  discrepancies: {
    id: DiscrepancyId;
    cause: Cause;
    object: string;
    seller_id: Maybe<SellerId>;
    payout_id: Maybe<PayoutId>;
    movement_id: Maybe<string>;
    stripe_id: Maybe<string>;
    at_stripe: Maybe<number>;
    stripe_currency: Maybe<string>;
    entry_id: Maybe<number>;
    in_ledger: Maybe<number>;
    ledger_currency: Maybe<string>;
    opened_at: Instant;
    agrees_since: MaybeInstant;
    closed_at: MaybeInstant;
    closed_by: Maybe<string>;
    close_reason: Maybe<string>;
    outcome: Maybe<Outcome>;
  };
};
