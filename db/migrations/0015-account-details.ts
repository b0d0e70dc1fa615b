import { sql, type Kysely } from 'kysely';

/** Why a capability is not active, and until when a changed bank account takes no payout. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(changes).execute(db);
}

const changes = `
alter table sellers add column capability_details jsonb not null default '[]';
comment on column sellers.capability_details is 'Stripe''s codes of why a capability is not active, as they were last read.';

alter table bank_accounts add column cools_until timestamptz;
comment on column bank_accounts.cools_until is 'Payouts were turned to this fingerprint after others had arrived elsewhere; none goes there before.';

create function bank_cools_until(seller text, money text) returns timestamptz language sql stable
as $$
  select max(cooling.cools_until)
  from bank_accounts used join bank_accounts cooling on cooling.seller_id = used.seller_id
    and (cooling.stripe_id = used.stripe_id or cooling.fingerprint = used.fingerprint)
  where used.seller_id = seller and used.currency = money and used.is_default
    and used.gone_at is null and cooling.cools_until > business_now()
$$;
`;
