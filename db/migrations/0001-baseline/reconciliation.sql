-- Reconciliation: Stripe's books next to the ledger, and where they differ.

-- The lines of Stripe's books (`txn_`), each once, as they were read.
create table movements (
  id text primary key,
  -- Whose account it is. Null is the platform's own balance.
  seller_id text references sellers,
  type text not null,
  -- Stripe's spelling, ISO 4217 in lower case.
  currency text not null check (currency ~ '^[a-z]{3}$'),
  net bigint not null,
  source text,
  -- The id by which a ledger entry names the movement: the transfer for an arrival, the reversal
  -- for money that is taken back, otherwise the source.
  object text,
  transfer text,
  charge text,
  -- The customer's charge whose money the transfer passes on.
  of_charge text,
  -- Our payout, if the object at Stripe contains its id. This database may not have the payout.
  payout_id text,
  is_of_charge boolean not null default false,
  -- Whether the ledger explains the line. An open line is looked at again at each pass.
  standing text not null default 'open'
    check (standing in ('open', 'claimed', 'own', 'unknown-payout')),
  created_at timestamptz not null,
  available_on timestamptz not null,
  read_at timestamptz not null default business_now(),
  -- Real time, because moving the clock forward gives nobody time to act.
  noted_at timestamptz not null default now(),
  position bigint generated always as identity
);
-- Serves each read of an account's books, which takes the open lines again.
create index movements_open on movements (seller_id, created_at, position)
  where standing in ('open', 'unknown-payout');
-- Serves the comparison of one account.
create index movements_seller on movements (seller_id);
-- Serves the platform's books: a claim finds its line by the object.
create index movements_object on movements (object) where seller_id is null;
-- Serves refunds, which name the arrival that they refund.
create index movements_source on movements (source) where net > 0 and transfer is not null;
-- Serves the search for unexplained lines of Stripe's books that name a payout.
create index movements_unexplained on movements (payout_id)
  where payout_id is not null and standing in ('open', 'unknown-payout');

-- The sums of the lines of each book, so that a balance is compared without reading all lines. The
-- trigger movements_add_up keeps the sums. A book belongs to a seller or to the platform.
create table movement_sums (
  book text not null,
  currency text not null,
  type text not null,
  lines bigint not null,
  net bigint not null,
  primary key (book, currency, type)
);

-- Adds new lines to the sums, in a fixed order, so that two transactions cannot block each other.
create function add_to_sums() returns trigger language plpgsql as $$
begin
  insert into movement_sums (book, currency, type, lines, net)
    select coalesce(seller_id, 'platform'), currency, type, count(*), sum(net)
    from fresh group by 1, 2, 3 order by 1, 2, 3
  on conflict (book, currency, type) do update
    set lines = movement_sums.lines + excluded.lines, net = movement_sums.net + excluded.net;
  return null;
end $$;
-- Runs once for each statement, because a statement inserts many lines.
create trigger movements_add_up after insert on movements
  referencing new table as fresh for each statement execute function add_to_sums();

-- The line that each entry expects in Stripe's books, and the line that confirms it.
create table claims (
  entry_id bigint not null,
  -- An entry can have a line in two books.
  side text not null check (side in ('account', 'platform')),
  seller_id text not null references sellers,
  currency text not null,
  net bigint not null,
  object text not null,
  movement_id text references movements,
  created_at timestamptz not null,
  primary key (entry_id, side)
);
-- One line never confirms two entries.
create unique index one_claim_a_line on claims (movement_id) where movement_id is not null;
-- Serves new lines, which look for their claim by the object.
create index claims_object on claims (object);
-- Serves the comparison of one account.
create index claims_seller on claims (seller_id);
-- Serves the search for entries without a line.
create index claims_open on claims (side, created_at) where movement_id is null;

-- The claims of an entry, according to its places. Money that enters or leaves an account is in the
-- account's books, and also in the platform's books if it came from the platform or went there.
create function claims_of(entry ledger_entries)
returns table (side text, net bigint, object text) language sql immutable as $$
  select 'account', case when entry.to_place like 'account%'
      then entry.amount else -entry.amount end,
    case when entry.event_key like 'txn\_%' then entry.event_key
      else coalesce(entry.stripe_id, entry.event_key) end
  where (entry.from_place like 'account%') <> (entry.to_place like 'account%')
  union all
  select 'platform', case when entry.to_place like 'platform%'
      then entry.amount else -entry.amount end,
    coalesce(entry.stripe_id, entry.event_key)
  where entry.from_place like 'platform%' and entry.to_place like 'account%'
    or entry.from_place like 'account%' and entry.to_place like 'platform%'
$$;

-- Writes the claims of a new entry.
create function note_claims() returns trigger language plpgsql as $$
begin
  insert into claims (entry_id, side, seller_id, currency, net, object, created_at)
    select new.id, side, new.seller_id, new.currency, net, object, new.created_at
    from claims_of(new);
  return null;
end $$;
-- In a trigger, so that every entry has its claims. Entries with other places have no line at
-- Stripe.
create trigger entries_claim_lines after insert on ledger_entries for each row
  when ((new.from_place like 'account%') <> (new.to_place like 'account%'))
  execute function note_claims();

-- Differences between the ledger and Stripe, including differences that were booked later. Only a
-- person closes a discrepancy.
create table discrepancies (
  id text primary key,
  cause text not null,
  object text not null,
  seller_id text references sellers,
  payout_id text,
  movement_id text,
  stripe_id text,
  at_stripe bigint,
  stripe_currency text,
  entry_id bigint,
  in_ledger bigint,
  ledger_currency text,
  opened_at timestamptz not null default business_now(),
  -- Since when both sides agree. A person must still state why they differed.
  agrees_since timestamptz,
  closed_at timestamptz,
  closed_by text,
  close_reason text,
  -- What the money was for. A discrepancy of a cause that asks is closed with its outcome. The
  -- outcomes of domain/reconciliation/discrepancies.ts.
  outcome text constraint outcomes_of_discrepancies check (outcome in ('owed', 'not-owed')),
  -- Each cause is opened once for an object: a closed discrepancy does not come back.
  unique (cause, object),
  -- Every closing names who closed the discrepancy.
  constraint closing_has_its_author check ((closed_at is null) = (closed_by is null)),
  -- Every closing has a reason.
  constraint closing_has_its_reason check ((closed_at is null) = (close_reason is null)),
  -- An open discrepancy has no outcome yet.
  constraint an_outcome_closes check (outcome is null or closed_at is not null)
);
-- Serves the list of discrepancies.
create index discrepancies_newest on discrepancies (opened_at desc, id desc);
-- Serves the open discrepancies of a seller.
create index discrepancies_open on discrepancies (seller_id) where closed_at is null;
-- Serves the search for open discrepancies about a payout.
create index discrepancies_of_payout on discrepancies (payout_id)
  where payout_id is not null and closed_at is null;
-- Serves the search for discrepancies about an object, which explain it once they are closed.
create index discrepancies_of_object on discrepancies (stripe_id) where stripe_id is not null;
-- Serves attention: open discrepancies, the oldest first.
create index discrepancies_attention
  on discrepancies (date_trunc('milliseconds', opened_at, 'UTC'), id) where closed_at is null;

-- Keeps a closed discrepancy as it was closed.
create function close_once() returns trigger language plpgsql as $$
begin
  if old.closed_at is not null then
    raise exception 'a discrepancy that was closed does not change';
  end if;
  return new;
end $$;
-- In a trigger, so that the rule applies to every update.
create trigger discrepancies_are_closed_once before update on discrepancies
  for each row execute function close_once();
-- A discrepancy is part of the history and is never deleted.
create trigger discrepancies_stay before delete or truncate on discrepancies
  for each statement execute function refuse_change();

-- Records that a discrepancy was opened or closed. The engine opens every discrepancy, so it is the
-- actor of the opening. An earning that its charge does not cover counts with the uncovered part.
create function tell_of_discrepancy() returns trigger language plpgsql as $$
declare
  amount bigint := case when new.cause in ('charge-pays-seller', 'charge-falls-short',
      'charge-not-found', 'charge-unclear')
    then new.in_ledger - new.at_stripe else abs(coalesce(new.at_stripe, new.in_ledger)) end;
  currency text := coalesce(new.stripe_currency, new.ledger_currency);
begin
  if tg_op = 'INSERT' then
    perform tell_event('discrepancy.opened', new.id, new.seller_id, event_facts(
      'engine', null, 'open', new.cause, amount, currency));
  else
    perform tell_event('discrepancy.closed', new.id, new.seller_id, event_facts(
      new.closed_by, 'open', 'closed', new.cause, amount, currency));
  end if;
  return null;
end $$;
-- Records that the discrepancy was opened.
create trigger discrepancies_tell_the_first after insert on discrepancies
  for each row execute function tell_of_discrepancy();
-- Of all updates, only the closing is an event.
create trigger discrepancies_tell after update on discrepancies for each row
  when (old.closed_at is null and new.closed_at is not null)
  execute function tell_of_discrepancy();

-- How far the platform's own books were read. Stripe lists the newest line first, so a walk starts
-- at the newest line and may be interrupted.
create table reconciliation (
  -- The only possible value, so the table has at most one row.
  id boolean primary key default true check (id),
  -- Stripe's time of the newest line that is stored together with all earlier lines.
  read_from timestamptz,
  walk_began_at timestamptz,
  walk_newest timestamptz,
  -- The line after which an interrupted walk continues.
  walk_after text,
  -- Business time at which the last complete walk began.
  read_until timestamptz,
  passed_at timestamptz
);
insert into reconciliation default values;
