import { sql, type Kysely } from 'kysely';

/** What an account asks of its seller, where it is paid to, and what moved there by itself. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(changes).execute(db);
}

const changes = `
create table requirements (
  seller_id text not null references sellers,
  position integer not null,
  description text not null,
  must_act text not null check (must_act in ('seller', 'stripe')),
  deadline text not null check (deadline in ('eventually_due', 'currently_due', 'past_due')),
  deadline_at timestamptz,
  blocks text[] not null,
  errors text[] not null,
  primary key (seller_id, position)
);
comment on table requirements is 'As Stripe told them when the account was last read.';

create table bank_accounts (
  seller_id text not null references sellers,
  stripe_id text not null,
  currency text not null check (currency ~ '^[a-z]{3}$'),
  fingerprint text,
  status text not null,
  is_default boolean not null,
  first_seen_at timestamptz not null default business_now(),
  gone_at timestamptz,
  failures integer not null default 0,
  paused_at timestamptz,
  primary key (seller_id, stripe_id)
);
comment on column bank_accounts.fingerprint is 'The same for the same bank account, however often it is added; never its number.';
comment on column bank_accounts.paused_at is 'No payout goes to this fingerprint until it is resumed.';

create function bank_is_paused(seller text, money text) returns boolean language sql stable as $$
  select exists (
    select from bank_accounts used join bank_accounts paused on paused.seller_id = used.seller_id
      and (paused.stripe_id = used.stripe_id or paused.fingerprint = used.fingerprint)
    where used.seller_id = seller and used.currency = money and used.is_default
      and used.gone_at is null and paused.paused_at is not null)
$$;

alter table payouts add column destination_payment text,
  add column bank_account text,
  add column awaits_details boolean not null default false,
  add column replaces text unique references payouts;
comment on column payouts.awaits_details is 'It came back, and its money is paid anew once the bank account is another.';
create index payouts_await_details on payouts (seller_id) where awaits_details;
create index payouts_of_bank_account on payouts (seller_id, bank_account)
  where bank_account is not null;
create index inbox_object on inbox (object_id);

alter table sellers add column account_tried_at timestamptz,
  add column movements_read_at timestamptz,
  add column movements_until timestamptz,
  add column earns_at_account boolean not null default false;
create index sellers_stalest on sellers (account_tried_at nulls first)
  where stripe_account is not null and status <> 'closed';
comment on column sellers.movements_until is 'Stripe''s time of the newest movement of the account that is booked.';

alter table earnings add column place text not null default 'platform'
  check (place in ('platform', 'account'));
create index earnings_at_account on earnings (seller_id, charge) where place = 'account';
`;
