import { sql, type Kysely } from 'kysely';

/** The first shape: who is paid, what they earned, what was ordered from Stripe, where money is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [installation, sellers, payouts, attempts, ledger, messages]) {
    await sql.raw(part).execute(db);
  }
}

const installation = `
create table clock (
  id boolean primary key default true check (id),
  offset_ms bigint not null default 0 check (offset_ms >= 0)
);
insert into clock default values;
comment on table clock is 'Business time is real time plus this; 0 with Stripe itself.';

create function business_now() returns timestamptz language sql stable as
$$ select now() + offset_ms * interval '1 millisecond' from clock $$;

create table installation (
  id boolean primary key default true check (id),
  stripe_account text not null,
  livemode boolean not null,
  stripe_is text not null check (stripe_is in ('stripe', 'sandbox')),
  temporal_namespace text not null,
  created_at timestamptz not null default now()
);

create table operations (
  id boolean primary key default true check (id),
  money_stopped boolean not null default false,
  reason text,
  changed_by text,
  changed_at timestamptz not null default now()
);
insert into operations default values;

create table api_keys (
  id text primary key,
  name text not null,
  role text not null check (role in ('admin', 'read')),
  hash bytea not null unique,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
`;

const sellers = `
create table sellers (
  id text primary key,
  external_id text unique,
  status text not null default 'onboarding'
    check (status in ('onboarding', 'active', 'restricted', 'closed')),
  email text not null,
  display_name text,
  country text not null check (country ~ '^[A-Z]{2}$'),
  currency text not null check (currency ~ '^[a-z]{3}$'),
  entity_type text not null check (entity_type in ('individual', 'company')),
  metadata jsonb not null default '{}',
  stripe_account text unique,
  transfers_capability text,
  payouts_capability text,
  account_read_at timestamptz,
  payouts_manual_at timestamptz,
  look_again_at timestamptz,
  parked text,
  created_at timestamptz not null default business_now()
);
create index sellers_deadline on sellers (look_again_at) where look_again_at is not null;

create table earnings (
  id text primary key,
  seller_id text not null references sellers,
  external_id text,
  amount bigint not null check (amount > 0),
  currency text not null check (currency ~ '^[a-z]{3}$'),
  charge text,
  available_on timestamptz,
  description text,
  allocated bigint not null default 0 check (allocated between 0 and amount),
  created_at timestamptz not null default business_now(),
  unique (seller_id, external_id)
);
comment on column earnings.available_on is 'Null until the charge said when.';
create index earnings_open on earnings (seller_id, currency, available_on, id)
  where allocated < amount;
create index earnings_unresolved on earnings (seller_id) where available_on is null;
`;

const payouts = `
create table payouts (
  id text primary key,
  seller_id text not null references sellers,
  currency text not null check (currency ~ '^[a-z]{3}$'),
  requested_amount bigint check (requested_amount > 0),
  status text not null default 'requested' check (status in ('requested', 'reserved',
    'transferred', 'sent', 'paid', 'settled', 'failed', 'returned', 'canceled', 'skipped')),
  from_platform bigint not null default 0 check (from_platform >= 0),
  from_account bigint not null default 0 check (from_account >= 0),
  stripe_account text,
  transfer_id text unique,
  arrives_at timestamptz,
  stripe_payout_id text unique,
  failure_code text,
  skip_reason text,
  waiting_for text,
  look_again_at timestamptz,
  parked text,
  parked_at timestamptz,
  unknown_step text check (unknown_step in ('transfer', 'payout')),
  look_ups integer not null default 0,
  ordered_by text not null,
  created_at timestamptz not null default business_now(),
  started_at timestamptz,
  reserved_at timestamptz,
  sent_at timestamptz,
  paid_at timestamptz,
  watch_until timestamptz,
  over_at timestamptz,
  check (parked is null or parked_at is not null)
);
create unique index one_payout_in_flight on payouts (seller_id, currency)
  where status in ('reserved', 'transferred');
create index payouts_open on payouts (seller_id, created_at)
  where status in ('requested', 'reserved', 'transferred', 'sent', 'paid');
create index payouts_deadline on payouts (look_again_at)
  where status in ('requested', 'reserved', 'transferred', 'sent', 'paid');

create table payout_items (
  payout_id text not null references payouts,
  earning_id text not null references earnings,
  amount bigint not null check (amount > 0),
  released_at timestamptz,
  primary key (payout_id, earning_id)
);
create index payout_items_earning on payout_items (earning_id);
`;

const attempts = `
create table attempts (
  key text primary key,
  object_id text not null,
  step text not null,
  number integer not null check (number > 0),
  state text not null default 'started'
    check (state in ('started', 'succeeded', 'refused', 'unknown')),
  account text,
  api_version text not null,
  request jsonb not null,
  created_at timestamptz not null default business_now(),
  first_sent_at timestamptz,
  last_sent_at timestamptz,
  tries integer not null default 0,
  stripe_id text,
  refusal text,
  error jsonb,
  decided_at timestamptz,
  unique (object_id, step, number),
  check ((state = 'succeeded') = (stripe_id is not null)),
  check ((state = 'refused') = (refusal is not null))
);
create unique index one_attempt_not_refused on attempts (object_id, step)
  where state <> 'refused';
comment on column attempts.request is 'The body as sent; a retry sends this, never a new one.';
`;

const ledger = `
create table ledger_entries (
  id bigint generated always as identity primary key,
  event_key text not null unique,
  kind text not null,
  seller_id text not null references sellers,
  currency text not null check (currency ~ '^[a-z]{3}$'),
  from_place text not null,
  to_place text not null,
  amount bigint not null check (amount > 0),
  payout_id text references payouts,
  stripe_id text,
  created_at timestamptz not null default business_now(),
  check (from_place <> to_place)
);
create index ledger_entries_seller on ledger_entries (seller_id, id);
create index ledger_entries_payout on ledger_entries (payout_id);

create table balances (
  seller_id text not null references sellers,
  currency text not null,
  place text not null check (place in ('owed', 'platform', 'platform-reserved', 'account',
    'account-reserved', 'in-transit', 'bank', 'foreign')),
  amount bigint not null,
  primary key (seller_id, currency, place),
  constraint money_is_where_it_is_taken_from check (amount >= 0
    or place in ('owed', 'foreign', 'platform', 'account'))
);
comment on table balances is 'The sum of the entries for each place, kept by a trigger.';

create function post_entry() returns trigger language plpgsql as $$
declare
  left_behind bigint;
begin
  if new.kind = 'reserve' then
    select amount - new.amount into left_behind from balances
      where seller_id = new.seller_id and currency = new.currency and place = new.from_place
      for update;
    if left_behind is null or left_behind < 0 then
      raise exception 'no reservation beyond what is there' using errcode = 'check_violation',
        constraint = 'reservation_is_covered';
    end if;
  end if;
  insert into balances (seller_id, currency, place, amount)
    values (new.seller_id, new.currency, new.from_place, 0),
           (new.seller_id, new.currency, new.to_place, 0)
    on conflict do nothing;
  update balances set amount = balances.amount
      + case when place = new.to_place then new.amount else -new.amount end
    where seller_id = new.seller_id and currency = new.currency
      and place in (new.from_place, new.to_place);
  return new;
end $$;
create trigger entries_move_balances after insert on ledger_entries
  for each row execute function post_entry();

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name;
end $$;
create trigger entries_are_immutable before update or delete on ledger_entries
  for each row execute function refuse_change();
create trigger entries_stay before truncate on ledger_entries
  for each statement execute function refuse_change();
`;

const messages = `
create table inbox (
  event_id text primary key,
  type text not null,
  account text,
  object_id text,
  via text not null check (via in ('webhook', 'sweep')),
  received_at timestamptz not null default now()
);

create table wake_ups (
  workflow_id text primary key,
  topics text[] not null,
  version integer not null default 1,
  since timestamptz not null default now()
);
comment on table wake_ups is 'Workflows that have something to look at and were not told yet.';

create table commands (
  id text primary key,
  api_key_id text not null references api_keys,
  idempotency_key text not null,
  request_hash bytea not null,
  kind text not null,
  status text not null default 'running' check (status in ('running', 'done')),
  answer_status integer,
  answer jsonb,
  created_at timestamptz not null default business_now(),
  done_at timestamptz,
  unique (api_key_id, idempotency_key)
);

create table budget_slots (
  name text primary key,
  spacing_ms double precision not null,
  next_at timestamptz not null
);

create table sweep_cursors (
  name text primary key,
  cursor text not null
);
`;
