import { sql, type Kysely } from 'kysely';

/** What stops a seller's money, and what is called off. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [holds, sellers, payouts]) await sql.raw(part).execute(db);
}

const holds = `
create table holds (
  id text primary key,
  seller_id text not null references sellers,
  source text not null check (source in ('operator', 'dispute', 'risk', 'system')),
  reason text not null,
  currency text check (currency ~ '^[a-z]{3}$'),
  amount bigint check (amount > 0),
  placed_at timestamptz not null default business_now(),
  placed_by text not null,
  release_rule text not null check (release_rule in ('manual', 'expiry')),
  expires_at timestamptz(3),
  released_at timestamptz,
  released_by text,
  release_reason text,
  constraint an_amount_has_its_currency check (amount is null or currency is not null),
  check ((release_rule = 'expiry') = (expires_at is not null)),
  check ((released_at is null) = (released_by is null)),
  check ((released_at is null) = (release_reason is null))
);
comment on column holds.currency is 'Null holds every currency.';
comment on column holds.amount is 'Null holds all.';
create index holds_newest on holds (placed_at desc, id desc);
create index holds_of_seller on holds (seller_id, placed_at desc, id desc);
create index holds_not_released on holds (seller_id) where released_at is null;
create index holds_expiry on holds (expires_at) where released_at is null;

create function release_once() returns trigger language plpgsql as $$
begin
  if old.released_at is not null
    or (old.id, old.seller_id, old.source, old.reason, old.currency, old.amount, old.placed_at,
        old.placed_by, old.release_rule, old.expires_at)
      is distinct from (new.id, new.seller_id, new.source, new.reason, new.currency, new.amount,
        new.placed_at, new.placed_by, new.release_rule, new.expires_at) then
    raise exception 'a hold only changes by its one release';
  end if;
  return new;
end $$;
create trigger holds_are_released_once before update on holds
  for each row execute function release_once();
create trigger holds_stay before delete on holds
  for each row execute function refuse_change();
create trigger holds_stay_all before truncate on holds
  for each statement execute function refuse_change();
`;

const sellers = `
alter table sellers
  add column paused_at timestamptz,
  add column paused_by text,
  add column pause_reason text,
  add column closed_at timestamptz,
  add column closed_by text,
  add column close_reason text,
  add check ((paused_at is null) = (paused_by is null)),
  add check ((paused_at is null) = (pause_reason is null));
`;

const payouts = `
alter table payouts
  add column cancel_ordered_at timestamptz,
  add column cancel_ordered_by text,
  add column cancel_answer text check (cancel_answer in ('refused', 'unknown')),
  add check ((cancel_ordered_at is null) = (cancel_ordered_by is null)),
  add check (cancel_answer is null or cancel_ordered_at is not null);
`;
