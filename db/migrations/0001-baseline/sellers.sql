-- Sellers: whom the platform pays.

-- Each seller with its Stripe account, its schedule, and what an operator ordered about it.
create table sellers (
  id text primary key,
  -- The platform's own id for the seller: a repeated creation finds the existing seller. The API
  -- uses the name of this constraint.
  external_id text constraint sellers_external_id_key unique,
  -- The status that decides whether the seller can be paid.
  status text not null default 'onboarding'
    check (status in ('onboarding', 'active', 'restricted', 'closed')),
  email text not null,
  display_name text,
  -- Stripe's spelling, ISO 3166: two capital letters.
  country text not null check (country ~ '^[A-Z]{2}$'),
  -- Stripe's spelling, ISO 4217 in lower case. The currency that the account holds by default.
  currency text not null check (currency ~ '^[a-z]{3}$'),
  -- How buyers pay this seller. With `direct`, no money of the platform need reach the account.
  flow text not null default 'transfer'
    check (flow in ('transfer', 'destination', 'on-behalf-of', 'direct')),
  -- Stripe asks persons and companies for different documents.
  entity_type text not null check (entity_type in ('individual', 'company')),
  metadata jsonb not null default '{}',
  created_at timestamptz not null default business_now(),

  -- Two sellers with one account would receive each other's money. The API uses the name of this
  -- constraint.
  stripe_account text constraint sellers_stripe_account_key unique,
  transfers_capability text,
  payouts_capability text,
  -- Stripe's codes for why a capability is not active, as last read.
  capability_details jsonb not null default '[]',
  -- When the engine read back that the account's payouts are manual.
  payouts_manual_at timestamptz,
  -- Stripe lists the bank accounts of the account. If it lists none, there is none.
  lists_banks boolean not null default false,
  -- The account's country, as read once the account can receive transfers. It may differ from the
  -- ordered country, and decides whether the platform's money can reach the account.
  account_country text check (account_country ~ '^[A-Z]{2}$'),
  -- The service agreement that the seller accepted, read with the country. It never changes.
  service_agreement text check (service_agreement in ('full', 'recipient')),
  account_read_at timestamptz,
  account_tried_at timestamptz,
  -- Since when a capability is rejected. The trigger sellers_note_rejected sets it.
  rejected_at timestamptz,
  -- How many requirements are due, and the first deadline that Stripe names.
  asked_now integer not null default 0,
  asked_by timestamptz,

  -- Stripe's time of the newest line of the account's books that was read.
  movements_until timestamptz,
  movements_read_at timestamptz,
  -- When the account's lines were last compared with its ledger entries.
  books_checked_at timestamptz,
  -- The account has income of its own, so its books are read before each payout.
  earns_at_account boolean not null default false,

  -- Null is manual: the seller is paid when the platform orders it.
  schedule jsonb,
  -- The first payday that is not opened yet.
  next_payout_at timestamptz,
  -- The earliest time at which a threshold may be reached.
  threshold_look_at timestamptz,

  look_again_at timestamptz,
  -- Why the seller waits for an operator, and since when. The trigger sellers_note_parked sets the
  -- time.
  parked text,
  parked_at timestamptz,
  -- Since when the seller is paused: the oldest open row of seller_pauses. The trigger
  -- seller_pauses_count keeps it, so that the last check before a request reads one row.
  paused_at timestamptz,
  closed_at timestamptz,
  closed_by text,
  close_reason text,
  -- Who reopened the seller last, and why. A later closing keeps it.
  reopened_at timestamptz,
  reopened_by text,
  reopen_reason text,
  -- Attention lists the oldest case first, so a parked seller needs a time.
  constraint parked_since check ((parked is null) = (parked_at is null))
);
-- Serves the list of sellers.
create index sellers_newest on sellers (created_at desc, id desc);
-- Serves the search for a seller by email address, in any spelling of its letters.
create index sellers_of_email on sellers (lower(email));
-- Serves the search for a seller by words of its name.
create index sellers_of_name on sellers using gin (
  to_tsvector('simple', coalesce(display_name, '')));
-- Serves the search for sellers whose deadline has passed.
create index sellers_deadline on sellers (look_again_at) where look_again_at is not null;
-- Serves the search for paydays that are due.
create index sellers_payday on sellers (next_payout_at) where next_payout_at is not null;
-- Serves the search for thresholds that are due.
create index sellers_threshold on sellers (threshold_look_at) where threshold_look_at is not null;
-- Serves the job that reads the account that was not read for the longest time.
create index sellers_stalest on sellers (account_tried_at nulls first)
  where stripe_account is not null;
-- Serves the reconciliation, which takes the account that was not compared for the longest time.
create index sellers_unchecked on sellers (books_checked_at nulls first, id)
  where stripe_account is not null;
-- Serves attention: sellers that are parked for an operator, the oldest first.
create index sellers_attention on sellers (date_trunc('milliseconds', parked_at, 'UTC'), id)
  where parked is not null;
-- Serves attention: sellers that Stripe rejected, the oldest first.
create index sellers_rejected on sellers (date_trunc('milliseconds', rejected_at, 'UTC'), id)
  where rejected_at is not null and parked is null and status <> 'closed';

-- Sets parked_at, so that a second reason does not make an old case look new.
create function note_parked() returns trigger language plpgsql as $$
begin
  new.parked_at := case when new.parked is null then null
    else coalesce(old.parked_at, business_now()) end;
  return new;
end $$;
-- In a trigger, because several statements park a seller.
create trigger sellers_note_parked before insert or update of parked on sellers
  for each row execute function note_parked();

-- Sets rejected_at, so that a second rejected capability does not make an old case look new.
create function note_rejected() returns trigger language plpgsql as $$
begin
  new.rejected_at := case when 'rejected' in (new.transfers_capability, new.payouts_capability)
    then coalesce(old.rejected_at, business_now()) end;
  return new;
end $$;
-- In a trigger, because each read of an account writes the capabilities again.
create trigger sellers_note_rejected
  before insert or update of transfers_capability, payouts_capability on sellers
  for each row execute function note_rejected();

-- Records the events of a seller: one for each fact that changed.
create function tell_of_seller() returns trigger language plpgsql as $$
declare
  doer text := event_actor(null, 'engine');
  same jsonb := event_facts(doer, new.status, new.status);
begin
  if tg_op = 'INSERT' then
    perform tell_event('seller.created', new.id, new.id, event_facts(doer, null, new.status));
    return null;
  end if;
  if old.parked is not null and new.parked is null then
    perform tell_event('seller.unparked', new.id, new.id,
      event_facts(doer, old.status, old.status, old.parked));
  end if;
  if old.stripe_account is null and new.stripe_account is not null then
    perform tell_event('seller.account_created', new.id, new.id,
      event_facts(doer, old.status, old.status));
  end if;
  -- No seller returns to onboarding; a row that was reset by hand causes no event.
  if new.status <> old.status and (old.status = 'closed' or new.status <> 'onboarding') then
    perform tell_event(
      case when old.status = 'closed' then 'seller.reopened'
        when new.status = 'active' then 'seller.activated' else 'seller.' || new.status end,
      new.id, new.id, event_facts(
        case when new.status = 'closed' then event_actor(new.closed_by, 'engine')
          when old.status = 'closed' then doer else event_actor(null, 'stripe') end,
        old.status, new.status, case when new.status <> 'restricted' then null
          when new.transfers_capability is distinct from 'active' then 'transfers-not-active'
          when new.payouts_capability is distinct from 'active' then 'payouts-not-active'
          when new.payouts_manual_at is null then 'payouts-not-manual' end));
  end if;
  if (old.asked_now, old.asked_by) is distinct from (new.asked_now, new.asked_by) then
    perform tell_event('seller.requirements_changed', new.id, new.id,
      event_facts(event_actor(null, 'stripe'), new.status, new.status) || jsonb_build_object(
        'requirements', jsonb_build_object('due', new.asked_now, 'dueBy',
          event_instant(new.asked_by))));
  end if;
  if new.schedule is distinct from old.schedule then
    perform tell_event('seller.schedule_changed', new.id, new.id, same);
  end if;
  if (old.external_id, old.email, old.display_name, old.metadata)
    is distinct from (new.external_id, new.email, new.display_name, new.metadata) then
    perform tell_event('seller.changed', new.id, new.id, same);
  end if;
  if new.parked is distinct from old.parked and new.parked is not null then
    perform tell_event('seller.parked', new.id, new.id,
      event_facts(doer, new.status, new.status, new.parked));
  end if;
  return null;
end $$;
-- Records that the seller was created.
create trigger sellers_tell_the_first after insert on sellers
  for each row execute function tell_of_seller();
-- Only these columns can cause an event; reads of the account change others each time.
create trigger sellers_tell after update on sellers for each row
  when ((old.status, old.stripe_account, old.parked, old.schedule, old.asked_now, old.asked_by,
    old.external_id, old.email, old.display_name, old.metadata) is distinct from
    (new.status, new.stripe_account, new.parked, new.schedule, new.asked_now, new.asked_by,
    new.external_id, new.email, new.display_name, new.metadata))
  execute function tell_of_seller();

-- The pauses of sellers, open and lifted: each with who paused the seller and why. Lifting one
-- lifts no other, so that nobody resumes a seller whom somebody else paused for another reason.
create table seller_pauses (
  id text primary key,
  seller_id text not null references sellers,
  reason text not null,
  -- The API key of whoever must be asked before the pause is lifted.
  paused_by text not null,
  paused_at timestamptz not null default business_now(),
  confirmed_at timestamptz not null default business_now(),
  lifted_at timestamptz,
  lifted_by text,
  lift_reason text,
  -- A lifted pause says when, by whom and why.
  constraint pause_lifting_says_all check
    (num_nulls(lifted_at, lifted_by, lift_reason) in (0, 3))
);
-- The same pause, of one API key with one reason, is open once. Also finds the open pauses.
create unique index seller_pauses_open on seller_pauses (seller_id, paused_by, reason)
  where lifted_at is null;

-- Who paused a seller, who lifted which pause and why is history.
create trigger lifted_pauses_are_immutable before update on seller_pauses for each row
  when (old.lifted_at is not null) execute function refuse_change();
-- A pause ends by being lifted, never by being deleted.
create trigger seller_pauses_stay before delete or truncate on seller_pauses
  for each statement execute function refuse_change();

-- Keeps paused_at of the seller, and records who paused the seller or lifted a pause. Whoever
-- writes a pause has locked the seller, so the last lift sees that no other pause is open.
create function count_seller_pauses() returns trigger language plpgsql as $$
declare
  now_paused_at timestamptz;
  seller_status text;
begin
  update sellers set paused_at = (select min(paused_at) from seller_pauses
      where seller_id = new.seller_id and lifted_at is null)
    where id = new.seller_id returning paused_at, status into now_paused_at, seller_status;
  perform tell_event(
    case when tg_op = 'INSERT' then 'seller.paused'
      when now_paused_at is null then 'seller.resumed' else 'seller.pause_lifted' end,
    new.seller_id, new.seller_id,
    event_facts(case when tg_op = 'INSERT' then new.paused_by else new.lifted_by end,
      seller_status, seller_status));
  return null;
end $$;
-- Every new pause is an event. The same pause ordered again is not.
create trigger seller_pauses_count after insert on seller_pauses
  for each row execute function count_seller_pauses();
-- Lifting a pause is an event, also if the seller stays paused because of another pause.
create trigger seller_pauses_count_lifting after update on seller_pauses for each row
  when (old.lifted_at is null and new.lifted_at is not null)
  execute function count_seller_pauses();
