import { sql, type Kysely } from 'kysely';

/** When Stripe expects a bank to have a payout, and since when it rejects an account. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [expected, rejected]) await sql.raw(part).execute(db);
}

const expected = `
alter table payouts add column bank_expected_at timestamptz,
  add constraint expected_of_what_stripe_has
    check (bank_expected_at is null or stripe_payout_id is not null);
comment on column payouts.arrives_at is 'When the transferred money is available at the account.';
comment on column payouts.bank_expected_at is
  'When Stripe expects the bank to have it: midnight UTC of a day, which may still change.';
`;

const rejected = `
alter table sellers add column rejected_at timestamptz;
comment on column sellers.rejected_at is
  'Since when a capability is known to be rejected. Kept by a trigger.';

create function note_rejected() returns trigger language plpgsql as $$
begin
  new.rejected_at := case when 'rejected' in (new.transfers_capability, new.payouts_capability)
    then coalesce(old.rejected_at, business_now()) end;
  return new;
end $$;
create trigger sellers_note_rejected
  before insert or update of transfers_capability, payouts_capability on sellers
  for each row execute function note_rejected();
update sellers set payouts_capability = payouts_capability
where 'rejected' in (transfers_capability, payouts_capability);

create index sellers_rejected on sellers (date_trunc('milliseconds', rejected_at, 'UTC'), id)
  where rejected_at is not null and parked is null and status <> 'closed';
`;
