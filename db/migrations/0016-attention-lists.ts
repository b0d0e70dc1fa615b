import { sql, type Kysely } from 'kysely';

/** What an order of many would be about, as it was shown, and what became of each part. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(changes).execute(db);
}

const changes = `
create table attention_lists (
  id text primary key,
  command text not null check (command in ('retry', 'cancel', 'release-hold',
    'resume-bank-account', 'pause-seller', 'resume-seller')),
  reason text,
  filter jsonb not null,
  made_by text not null,
  made_at timestamptz not null default business_now(),
  expires_at timestamptz not null,
  run_by text,
  run_at timestamptz,
  run_reason text,
  check ((run_at is null) = (run_by is null)),
  check ((run_at is null) = (run_reason is null))
);
comment on table attention_lists is 'A command for many, as its preview showed it. One that was run stays for ever.';
create index attention_lists_not_run on attention_lists (expires_at) where run_at is null;

create table attention_items (
  list_id text not null references attention_lists on delete cascade,
  position integer not null,
  kind text not null check (kind in ('payout', 'seller', 'discrepancy')),
  object_id text not null,
  seller_id text,
  target_kind text not null check (target_kind in ('payout', 'seller', 'hold', 'bank-account')),
  target_id text not null,
  state text not null,
  outcome text check (outcome in ('done', 'left-out')),
  why text,
  done_at timestamptz,
  primary key (list_id, position),
  unique nulls not distinct (list_id, seller_id, target_kind, target_id),
  check ((outcome is null) = (done_at is null)),
  check ((why is not null) = (outcome is not distinct from 'left-out'))
);
comment on column attention_items.state is 'How it stood when it was shown; what stands otherwise is left out.';

create function keep_what_was_run() returns trigger language plpgsql as $$
begin
  if old.run_at is not null then
    raise exception 'a list that was run stays as it was run';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger attention_lists_are_run_once before update or delete on attention_lists
  for each row execute function keep_what_was_run();

create function keep_outcome() returns trigger language plpgsql as $$
begin
  if old.outcome is not null then
    raise exception 'an item is done once';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger attention_items_are_done_once before update or delete on attention_items
  for each row execute function keep_outcome();
`;
