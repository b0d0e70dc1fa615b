-- Attention: commands for many objects at once, each with its preview.

-- One command for many objects, with its filter. A preview expires; a list that was run is kept
-- forever.
create table attention_lists (
  id text primary key,
  -- Only these commands are safe for many objects at once.
  command text not null check (command in ('retry', 'cancel', 'release-hold',
    'resume-bank-account', 'pause-seller', 'resume-seller', 'confirm-not-sent')),
  reason text,
  filter jsonb not null,
  made_by text not null,
  made_at timestamptz not null default business_now(),
  expires_at timestamptz not null,
  run_by text,
  run_at timestamptz,
  run_reason text,
  -- Every run names who ordered it.
  constraint run_has_its_author check ((run_at is null) = (run_by is null)),
  -- Every run has a reason.
  constraint run_has_its_reason check ((run_at is null) = (run_reason is null))
);
-- Serves the removal of previews that nobody ran.
create index attention_lists_not_run on attention_lists (expires_at) where run_at is null;

-- Each object of a list, and the outcome of the command for it.
create table attention_items (
  list_id text not null references attention_lists on delete cascade,
  position integer not null,
  -- What waits for a person.
  kind text not null check (kind in ('payout', 'seller', 'discrepancy',
    'hold', 'pause', 'stop', 'funding')),
  object_id text not null,
  seller_id text,
  -- What the command acts on for this object.
  target_kind text not null
    check (target_kind in ('payout', 'seller', 'pause', 'hold', 'bank-account')),
  target_id text not null,
  -- The state that the preview showed. An object in another state is left out.
  state text not null,
  -- Null until the command has reached the item.
  outcome text check (outcome in ('done', 'left-out')),
  why text,
  done_at timestamptz,
  primary key (list_id, position),
  -- A command acts once on each target, even if several objects have the same target.
  unique nulls not distinct (list_id, seller_id, target_kind, target_id),
  -- An outcome has a time, and only an outcome has one.
  constraint an_outcome_has_its_time check ((outcome is null) = (done_at is null)),
  -- An item that was left out says why, and no other item does.
  constraint left_out_has_its_reason
    check ((why is not null) = (outcome is not distinct from 'left-out'))
);

-- Keeps a list that was run, so that it shows what was ordered.
create function keep_what_was_run() returns trigger language plpgsql as $$
begin
  if old.run_at is not null then
    raise exception 'a list that was run stays as it was run';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
-- A list is run once, even if two requests arrive at the same time.
create trigger attention_lists_are_run_once before update or delete on attention_lists
  for each row execute function keep_what_was_run();

-- Keeps the outcome of an item.
create function keep_outcome() returns trigger language plpgsql as $$
begin
  if old.outcome is not null then
    raise exception 'an item is done once';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
-- A repeated run continues with the unfinished items and changes no finished item.
create trigger attention_items_are_done_once before update or delete on attention_items
  for each row execute function keep_outcome();
