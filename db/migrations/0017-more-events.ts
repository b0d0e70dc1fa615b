import { sql, type Kysely } from 'kysely';

/** Two more things that are told: where the ledger and Stripe differ, and what was taken over. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [catalogue, adoptions, discrepancies]) await sql.raw(part).execute(db);
}

/** What stands keeps the old rule, which is stricter: nothing has to be read for the new one. */
const catalogue = `
alter table events drop constraint events_of_the_catalogue;
alter table events add constraint events_of_the_catalogue check (type in (
    'seller.created', 'seller.account_created', 'seller.activated', 'seller.restricted',
    'seller.requirements_changed', 'seller.paused', 'seller.resumed', 'seller.schedule_changed',
    'seller.changed', 'seller.parked', 'seller.unparked', 'seller.closed', 'seller.reopened',
    'bank_account.added', 'bank_account.changed', 'bank_account.paused', 'bank_account.resumed',
    'bank_account.removed',
    'earning.recorded',
    'hold.placed', 'hold.released',
    'payout.requested', 'payout.adopted', 'payout.reserved', 'payout.transferred', 'payout.sent',
    'payout.paid', 'payout.settled', 'payout.failed', 'payout.returned', 'payout.canceled', 'payout.skipped',
    'payout.waiting', 'payout.outcome_unknown', 'payout.parked', 'payout.unparked',
    'payout.cancel_ordered', 'payout.not_canceled',
    'discrepancy.opened', 'discrepancy.closed',
    'operations.stopped', 'operations.resumed')) not valid;
`;

const adoptions = `
alter table payouts add column adopted_at timestamptz;
comment on column payouts.adopted_at is 'When what Stripe made of it was taken over, after this database had not known it.';
create index payouts_adopted on payouts (seller_id) where adopted_at is not null;
update payouts set adopted_at = adoption.at from (
  select payout_id, max(closed_at) as at from adoptions where outcome = 'adopted' group by payout_id
) as adoption where adoption.payout_id = payouts.id;

create or replace function tell_of_payout() returns trigger language plpgsql as $$
declare
  amount bigint := coalesce(nullif(new.from_platform + new.from_account, 0), new.requested_amount);
  origin text := case when new.ordered_by like 'key\\_%' then new.ordered_by
    when new.ordered_by in ('schedule', 'threshold') then 'schedule' else 'engine' end;
  is_adopted boolean := new.adopted_at is not null
    and (tg_op = 'INSERT' or old.adopted_at is distinct from new.adopted_at);
  cause text := case when is_adopted then 'adopted' when new.status = 'skipped' then new.skip_reason
    when new.status <> 'requested' then new.failure_code
    when new.ordered_by not like 'key\\_%' then new.ordered_by end;
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
    perform tell_event('payout.' || new.status, new.id, new.seller_id, event_facts(
      case when is_adopted then doer when tg_op = 'INSERT' then origin
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
  -- The ordinary course is told by the status alone, a doubt by an event of its own.
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
drop trigger payouts_tell on payouts;
create trigger payouts_tell after update on payouts for each row
  when ((old.status, old.parked, old.waiting_for, old.unknown_step, old.cancel_ordered_at,
    old.cancel_answer, old.adopted_at) is distinct from (new.status, new.parked, new.waiting_for,
    new.unknown_step, new.cancel_ordered_at, new.cancel_answer, new.adopted_at))
  execute function tell_of_payout();
`;

/** Who finds a difference is the engine, whoever caused it. */
const discrepancies = `
create function tell_of_discrepancy() returns trigger language plpgsql as $$
declare
  amount bigint := abs(coalesce(new.at_stripe, new.in_ledger));
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
create trigger discrepancies_tell_the_first after insert on discrepancies
  for each row execute function tell_of_discrepancy();
create trigger discrepancies_tell after update on discrepancies for each row
  when (old.closed_at is null and new.closed_at is not null)
  execute function tell_of_discrepancy();
`;
