-- Money that somebody else paid: a person says what money that moved without an order was for, and
-- a payout can end because its money was paid elsewhere.

-- What the money was for. A discrepancy of a cause that asks is closed with its outcome.
alter table discrepancies add column outcome text
  -- The outcomes of domain/reconciliation/discrepancies.ts.
  constraint outcomes_of_discrepancies check (outcome in ('owed', 'not-owed'));
alter table discrepancies
  -- An open discrepancy has no outcome yet.
  add constraint an_outcome_closes check (outcome is null or closed_at is not null);

-- The objects at Stripe that paid the money: transfers and payouts that the engine did not order.
alter table payouts add column paid_by text[];
-- How the money was paid outside Stripe, as a person proves it, such as the reference of a bank
-- transfer.
alter table payouts add column paid_outside text;
-- Why a person says that the money was paid elsewhere.
alter table payouts add column paid_reason text;
alter table payouts drop constraint payouts_status_check;
alter table payouts
  -- The states of domain/payouts/states.ts.
  add constraint payouts_status_check check (status in ('requested', 'reserved', 'transferred',
    'sent', 'paid', 'settled', 'failed', 'returned', 'canceled', 'skipped', 'paid-elsewhere')),
  -- Only a payout that was paid elsewhere says how.
  add constraint only_paid_elsewhere_says_how
    check (status = 'paid-elsewhere'
      or (paid_by is null and paid_outside is null and paid_reason is null));

alter table events drop constraint events_of_the_catalogue;
alter table events
  -- The types of eventCatalogue in domain/events.ts. The API documents them, and platforms rely on
  -- them.
  add constraint events_of_the_catalogue check (type in (
    'seller.created', 'seller.account_created', 'seller.activated', 'seller.restricted',
    'seller.requirements_changed', 'seller.paused', 'seller.resumed', 'seller.schedule_changed',
    'seller.changed', 'seller.parked', 'seller.unparked', 'seller.closed', 'seller.reopened',
    'bank_account.added', 'bank_account.changed', 'bank_account.paused', 'bank_account.resumed',
    'bank_account.removed',
    'earning.recorded',
    'hold.placed', 'hold.released',
    'payout.requested', 'payout.adopted', 'payout.reserved', 'payout.transferred', 'payout.sent',
    'payout.paid', 'payout.settled', 'payout.failed', 'payout.returned', 'payout.canceled',
    'payout.skipped', 'payout.paid_elsewhere',
    'payout.waiting', 'payout.outcome_unknown', 'payout.parked', 'payout.unparked',
    'payout.cancel_ordered', 'payout.not_canceled',
    'discrepancy.opened', 'discrepancy.closed',
    'operations.stopped', 'operations.resumed'));

-- Records the events of a payout: one for each fact that changed. The types of events have
-- underscores where statuses have hyphens.
create or replace function tell_of_payout() returns trigger language plpgsql as $$
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
        when new.status = 'canceled' then event_actor(case when new.cancel_answer
          is distinct from 'refused' then new.cancel_ordered_by end, 'stripe')
        else doer end,
      old.status, new.status, cause, amount, new.currency));
  end if;
  if new.cancel_ordered_at is distinct from old.cancel_ordered_at and new.status = 'sent' then
    perform tell_event('payout.cancel_ordered', new.id, new.seller_id, event_facts(
      new.cancel_ordered_by, new.status, new.status, null, amount, new.currency));
  end if;
  if new.cancel_answer is distinct from old.cancel_answer and new.cancel_answer is not null then
    perform tell_event('payout.not_canceled', new.id, new.seller_id, event_facts(
      'stripe', new.status, new.status, new.cancel_answer, amount, new.currency));
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
