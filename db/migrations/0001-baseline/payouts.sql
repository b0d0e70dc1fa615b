-- Payouts: what sellers are paid, from the order to the end of the watch for late returns.

-- One row for each payout. The row contains the whole state, so its workflow can be lost and
-- started again.
create table payouts (
  id text primary key,
  seller_id text not null references sellers,
  -- Stripe's spelling, ISO 4217 in lower case.
  currency text not null check (currency ~ '^[a-z]{3}$'),
  -- Null pays everything that is payable. A payout of 0 would have no effect.
  requested_amount bigint check (requested_amount > 0),
  -- The states of domain/payouts/states.ts.
  status text not null default 'requested' check (status in ('requested', 'reserved',
    'transferred', 'sent', 'paid', 'settled', 'failed', 'returned', 'canceled', 'skipped',
    'paid-elsewhere')),
  ordered_by text not null,
  -- The payday that the payout belongs to; null for an order.
  payday timestamptz,
  -- The last payday that this payout stands for: later paydays had nothing to add to this order, or
  -- were skipped for the same reason. Null if it stands for no other payday.
  last_payday timestamptz,
  -- The payout contains only what was payable at this time; null contains everything.
  cut_off_at timestamptz,
  -- The payout that this payout replaces. Each payout is replaced at most once.
  replaces text unique references payouts,

  -- How much has to be transferred from the platform; amounts are never negative.
  from_platform bigint not null default 0 check (from_platform >= 0),
  -- How much is already at the seller's account; amounts are never negative.
  from_account bigint not null default 0 check (from_account >= 0),
  stripe_account text,
  -- One transfer at Stripe never counts for two payouts.
  transfer_id text unique,
  -- When the transferred money is available at the account.
  arrives_at timestamptz,
  destination_payment text,
  -- One payout at Stripe never counts for two of ours.
  stripe_payout_id text unique,
  bank_account text,
  -- The bank account to which Stripe sends the money, and what the banks call the payment.
  destination text,
  trace_status text,
  trace_id text,
  -- The day on which Stripe expects the bank to have the money. Stripe may change it.
  bank_expected_on date,
  -- When Stripe was last read before the bank had the money, and the status at Stripe then.
  last_read_at timestamptz,
  last_read_status text,
  failure_code text,
  skip_reason text,
  -- The schedule's minimum that the payday did not reach. The schedule may have changed since.
  skip_minimum bigint,
  -- The payout came back, and its money is paid again once the seller has another bank account.
  awaits_details boolean not null default false,
  -- When the engine took over a payout that it found at Stripe and did not know.
  adopted_at timestamptz,

  waiting_for text,
  -- Since when the payout waits for this reason. The trigger payouts_note_wait sets it.
  waits_since timestamptz,
  look_again_at timestamptz,
  parked text,
  parked_at timestamptz,
  -- More about the reason, such as how Stripe's object differs from the order.
  parked_detail text,
  -- The step whose outcome is unknown; there are two steps that move money.
  unknown_step text check (unknown_step in ('transfer', 'payout')),
  -- The object that an operator found at Stripe. The engine reads it before booking anything.
  named_stripe_id text,
  look_ups integer not null default 0,
  cancel_ordered_at timestamptz,
  cancel_ordered_by text,
  -- The objects at Stripe that paid the money: transfers and payouts that the engine did not order.
  paid_by text[],
  -- How the money was paid outside Stripe, as a person proves it, such as the reference of a bank
  -- transfer.
  paid_outside text,
  -- Why a person says that the money was paid elsewhere.
  paid_reason text,
  -- Why a person says that money paid outside Stripe came back or never arrived.
  return_reason text,
  -- Null until Stripe has answered; a cancellation that succeeds changes the status. Not-asked: the
  -- payout was made at Stripe before this database knew, and Stripe was not asked to cancel it.
  cancel_answer text check (cancel_answer in ('refused', 'unknown', 'not-asked')),

  created_at timestamptz not null default business_now(),
  started_at timestamptz,
  reserved_at timestamptz,
  sent_at timestamptz,
  paid_at timestamptz,
  -- Until when a bank may still return the money.
  watch_until timestamptz,
  over_at timestamptz,

  -- Attention lists the oldest case first, so a parked payout needs a time.
  constraint parked_has_its_time check (parked is null or parked_at is not null),
  -- A detail explains why the payout is parked.
  constraint a_detail_of_a_stop check (parked_detail is null or parked is not null),
  -- An operator names an object of Stripe only to resolve an unknown outcome.
  constraint only_a_doubt_is_named
    check (named_stripe_id is null or (unknown_step is not null and parked is null)),
  -- Only Stripe knows when the bank will have the money.
  constraint expected_of_what_stripe_has
    check (bank_expected_on is null or stripe_payout_id is not null),
  -- A status at Stripe is true only of the time at which it was read.
  constraint read_status_has_its_time
    check ((last_read_at is null) = (last_read_status is null)),
  -- Every cancellation names who ordered it.
  constraint cancellation_has_its_author
    check ((cancel_ordered_at is null) = (cancel_ordered_by is null)),
  -- Stripe answers only a cancellation that was ordered.
  constraint an_answer_needs_an_order
    check (cancel_answer is null or cancel_ordered_at is not null),
  -- Only a payout that was paid elsewhere says how. It is returned if the money came back.
  constraint only_paid_elsewhere_says_how
    check (status in ('paid-elsewhere', 'returned')
      or (paid_by is null and paid_outside is null and paid_reason is null)),
  -- Only a person can know of a return outside Stripe, and says why.
  constraint a_return_outside_says_why
    check (return_reason is null or (status = 'returned' and paid_outside is not null))
);
-- Two payouts of one seller at once would compete for one balance. The rule is payoutBefore in
-- domain/payouts/queue.ts.
create unique index one_payout_in_flight on payouts (seller_id, currency)
  where status in ('reserved', 'transferred');
-- A payday is opened once. A payout that replaces another one belongs to the same payday.
create unique index one_payout_a_payday on payouts (seller_id, currency, payday)
  where payday is not null and replaces is null;
-- Serves the queue of a seller's payouts.
create index payouts_open on payouts (seller_id, created_at)
  where status in ('requested', 'reserved', 'transferred', 'sent', 'paid');
-- Serves the search for payouts whose deadline has passed.
create index payouts_deadline on payouts (look_again_at)
  where status in ('requested', 'reserved', 'transferred', 'sent', 'paid');
-- Serves a change of bank details: the payouts whose money waits for new details.
create index payouts_await_details on payouts (seller_id) where awaits_details;
-- Serves the pause of a bank account, which depends on how its payouts ended.
create index payouts_of_bank_account on payouts (seller_id, bank_account)
  where bank_account is not null;
-- Serves the allocation: new earnings are first allocated to adopted payouts.
create index payouts_adopted on payouts (seller_id) where adopted_at is not null;
-- Serves the list of payouts.
create index payouts_newest on payouts (created_at desc, id desc);
-- Serves the list of a seller's payouts.
create index payouts_of_seller on payouts (seller_id, created_at desc, id desc);
-- Serves the list of one currency, which may be rare.
create index payouts_of_currency on payouts (currency, created_at desc, id desc);
-- Serves the list of one status, which may be rare.
create index payouts_of_status on payouts (status, created_at desc, id desc);
-- Serves the list of parked payouts.
create index payouts_parked on payouts (created_at desc, id desc) where parked is not null;
-- Serves attention: payouts that are parked for an operator, the oldest first.
create index payouts_attention on payouts (date_trunc('milliseconds', parked_at, 'UTC'), id)
  where parked is not null;

-- Serves attention: payouts that wait for money in the platform's balance.
create index payouts_short_of_money on payouts (currency)
  where waiting_for = 'platform-balance' and parked is null;

-- The earnings that a payout consists of. The items of a payout that ended unpaid are released.
create table payout_items (
  payout_id text not null references payouts,
  earning_id text not null references earnings,
  -- An item of 0 would explain no money.
  amount bigint not null check (amount > 0),
  released_at timestamptz,
  primary key (payout_id, earning_id)
);
-- Serves the search for the payouts that paid an earning.
create index payout_items_earning on payout_items (earning_id);

-- Sets waits_since, so that a check for the same reason does not make an old wait look new.
create function note_wait() returns trigger language plpgsql as $$
begin
  new.waits_since := case when new.waiting_for is null then null
    when tg_op = 'UPDATE' and new.waiting_for is not distinct from old.waiting_for
      then coalesce(old.waits_since, business_now())
    else business_now() end;
  return new;
end $$;
-- In a trigger, because several statements make a payout wait.
create trigger payouts_note_wait before insert or update of waiting_for on payouts
  for each row execute function note_wait();

-- Records the events of a payout: one for each fact that changed. The types of events have
-- underscores where statuses have hyphens.
create function tell_of_payout() returns trigger language plpgsql as $$
declare
  amount bigint := coalesce(nullif(new.from_platform + new.from_account, 0), new.requested_amount);
  origin text := case when new.ordered_by like 'key\_%' then new.ordered_by
    when new.ordered_by in ('schedule', 'threshold') then 'schedule' else 'engine' end;
  is_adopted boolean := new.adopted_at is not null
    and (tg_op = 'INSERT' or old.adopted_at is distinct from new.adopted_at);
  cause text := case when is_adopted then 'adopted' when new.status = 'skipped' then new.skip_reason
    when new.status <> 'requested' then new.failure_code
    when new.ordered_by not like 'key\_%' then new.ordered_by end;
  doer text := event_actor(null, 'engine');
begin
  if is_adopted then
    perform tell_event('payout.adopted', new.id, new.seller_id,
      event_facts(doer, old.status, old.status, null, amount, new.currency));
  end if;
  if old.parked is not null and new.parked is null then
    perform tell_event('payout.unparked', new.id, new.seller_id,
      event_facts(doer, old.status, old.status, old.parked, amount, new.currency));
  end if;
  if new.status is distinct from old.status then
    perform tell_event('payout.' || replace(new.status, '-', '_'), new.id, new.seller_id,
      event_facts(case when is_adopted then doer when tg_op = 'INSERT' then origin
        when new.status in ('paid', 'failed', 'returned') then event_actor(null, 'stripe')
        when new.status = 'canceled' then event_actor(case
          when coalesce(new.cancel_answer, 'unknown') <> 'unknown' then null
          when new.cancel_ordered_by = 'holds' then 'engine'
          else new.cancel_ordered_by end, 'stripe')
        else doer end,
      old.status, new.status, cause, amount, new.currency));
  end if;
  if new.cancel_ordered_at is distinct from old.cancel_ordered_at
    and new.status in ('reserved', 'transferred', 'sent') then
    perform tell_event('payout.cancel_ordered', new.id, new.seller_id, event_facts(
      new.cancel_ordered_by, new.status, new.status, null, amount, new.currency));
  end if;
  if new.cancel_answer is distinct from old.cancel_answer and new.cancel_answer is not null then
    perform tell_event('payout.not_canceled', new.id, new.seller_id, event_facts(
      case new.cancel_answer when 'not-asked' then doer else 'stripe' end,
      new.status, new.status, new.cancel_answer, amount, new.currency));
  end if;
  if new.unknown_step is distinct from old.unknown_step and new.unknown_step is not null then
    perform tell_event('payout.outcome_unknown', new.id, new.seller_id, event_facts(
      doer, new.status, new.status, new.unknown_step, amount, new.currency));
  end if;
  -- The status alone shows the usual waits, and an unknown outcome has its own event.
  if new.waiting_for is distinct from old.waiting_for
    and new.waiting_for not in ('arrival', 'bank', 'late-return', 'outcome-look-up') then
    perform tell_event('payout.waiting', new.id, new.seller_id, event_facts(
      doer, new.status, new.status, new.waiting_for, amount, new.currency));
  end if;
  if new.parked is distinct from old.parked and new.parked is not null then
    perform tell_event('payout.parked', new.id, new.seller_id, event_facts(
      doer, new.status, new.status, new.parked, amount, new.currency));
  end if;
  return null;
end $$;
-- Records that the payout was ordered, skipped at once, or adopted.
create trigger payouts_tell_the_first after insert on payouts
  for each row execute function tell_of_payout();
-- Only these columns can cause an event; deadlines change much more often.
create trigger payouts_tell after update on payouts for each row
  when ((old.status, old.parked, old.waiting_for, old.unknown_step, old.cancel_ordered_at,
    old.cancel_answer, old.adopted_at) is distinct from (new.status, new.parked, new.waiting_for,
    new.unknown_step, new.cancel_ordered_at, new.cancel_answer, new.adopted_at))
  execute function tell_of_payout();
