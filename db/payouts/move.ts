import { type QueryCreator, sql } from 'kysely';
import type { Payout } from '../../domain/payouts/states.ts';
import type { Facts, Moment, Transition, Wait } from '../../domain/payouts/transition-type.ts';
import type { Db, Tx } from '../connect.ts';
import { releaseEarnings } from '../earnings/allocations.ts';
import { entryLines } from '../ledger.ts';
import type { Database } from '../schema/index.ts';
import { isEndStored } from '../stripe-events/inbox.ts';
import { businessNow, inMinutes } from '../time.ts';
import { readAlong, readPayout, toPayout } from './rows.ts';

/**
 * Stores a transition in one statement: the payout's new state, its ledger entries and its
 * attempt's answer are stored together or not at all. A payout that is no longer in the state from
 * which the transition starts stays unchanged. Returns the stored payout. The caller wakes the
 * workflows that the transition names.
 */
export async function move(db: Db, transition: Transition): Promise<Payout> {
  const { payoutId, entries, attempt } = transition;
  if (entries.length === 0 && !attempt) {
    const row = await update(db, transition).executeTakeFirst();
    return row ? toPayout(row) : readPayout(db, payoutId);
  }
  const { columns, lines } = entryLines(entries);
  const row = await db
    .with('moved', (query) => update(query, transition))
    .with(
      'posted',
      () => sql<{ id: number }>`(
        insert into ledger_entries (${columns}) select line.* from moved, ${lines}
        returning id)`,
    )
    .with('answered', (query) =>
      query
        .updateTable('attempts')
        .set(answerOf(attempt))
        .where('key', '=', attempt?.key ?? '')
        .where('state', 'in', ['started', 'unknown'])
        .where((eb) => eb.exists(eb.selectFrom('moved').select('id')))
        .returning('key'),
    )
    .selectFrom('moved')
    .selectAll()
    .executeTakeFirst();
  return row ? toPayout(row) : readPayout(db, payoutId);
}

/**
 * Like `move`, for a transition that may end the payout unpaid. Such a transition also releases the
 * payout's earnings for the next payout.
 */
export async function moveFreeing(tx: Tx, payout: Payout, transition: Transition): Promise<Payout> {
  const moved = await move(tx, transition);
  if (transition.releasesEarnings) await releaseEarnings(tx, payout);
  return moved;
}

function update(query: QueryCreator<Database>, transition: Transition) {
  const { payoutId, from, asRead } = transition;
  return query
    .updateTable('payouts')
    .set(columnsOf(transition))
    .where('id', '=', payoutId)
    .where('status', 'in', from)
    .$if(asRead !== undefined, (unchanged) =>
      unchanged
        .where('parked', 'is not distinct from', asRead?.parked ?? null)
        .where('unknown_step', 'is not distinct from', asRead?.unknownStep ?? null)
        .where('look_ups', '=', asRead?.lookUps ?? 0)
        .where('named_stripe_id', 'is not distinct from', asRead?.namedStripeId ?? null),
    )
    .returningAll()
    .returning(readAlong);
}

function answerOf(attempt: Transition['attempt']) {
  const decided = { decided_at: businessNow };
  return attempt?.state === 'refused'
    ? { ...decided, state: 'refused' as const, refusal: attempt.refusal }
    : { ...decided, state: 'succeeded' as const, stripe_id: attempt?.stripeId ?? '' };
}

/** The columns that a transition changes. */
export function columnsOf({ status, wait, parked, unknown, named, facts }: Transition) {
  return {
    ...(status !== undefined && { status }),
    ...(wait !== undefined && waitColumns(wait)),
    ...(parked !== undefined && {
      parked: parked?.reason ?? null,
      parked_at: parked ? businessNow : null,
      parked_detail: parked?.detail ?? null,
    }),
    ...(unknown !== undefined && {
      unknown_step: unknown?.step ?? null,
      look_ups: unknown?.lookUps ?? 0,
    }),
    ...(named !== undefined && { named_stripe_id: named }),
    ...(facts && factColumns(facts)),
  };
}

function waitColumns(wait: Wait | null) {
  if (!wait) return { waiting_for: null, look_again_at: null };
  const { reason, until, orEndOf } = wait;
  // An event that another transaction stores at the same time is not visible here. `wakeOverdue`
  // later finds it.
  const lookAgainAt = orEndOf
    ? sql<string>`case when ${isEndStored(sql.val(orEndOf))}
        then business_now() else ${momentOf(until)} end`
    : momentOf(until);
  return { waiting_for: reason, look_again_at: lookAgainAt };
}

function momentOf(moment: Moment) {
  if (typeof moment === 'string') return sql<string>`${moment}::timestamptz`;
  return moment.inMinutes === 0 ? businessNow : inMinutes(moment.inMinutes);
}

/** Kysely leaves out a column whose value is undefined. */
function factColumns(facts: Facts) {
  const at = (moment: Moment | null | undefined) => moment && momentOf(moment);
  return {
    from_platform: facts.fromPlatform,
    from_account: facts.fromAccount,
    stripe_account: facts.stripeAccount,
    transfer_id: facts.transferId,
    destination_payment: facts.arrival,
    arrives_at: facts.arrivesAt,
    stripe_payout_id: facts.stripePayoutId,
    bank_expected_on: facts.bankExpectedOn,
    last_read_at: facts.readStatus && businessNow,
    last_read_status: facts.readStatus,
    failure_code: facts.failureCode,
    bank_account: facts.bankAccount,
    destination: facts.destination,
    trace_status: facts.trace?.status,
    trace_id: facts.trace?.id,
    awaits_details: facts.awaitsDetails,
    skip_reason: facts.skipReason,
    cancel_answer: facts.cancelAnswer,
    paid_by: facts.paidBy && [...facts.paidBy],
    paid_outside: facts.paidOutside,
    paid_reason: facts.paidReason,
    return_reason: facts.returnReason,
    cancel_ordered_by: facts.cancelOrderedBy,
    cancel_ordered_at: at(facts.cancelOrderedAt),
    adopted_at: at(facts.adoptedAt),
    started_at: at(facts.startedAt),
    reserved_at: at(facts.reservedAt),
    sent_at: at(facts.sentAt),
    paid_at: at(facts.paidAt),
    watch_until: at(facts.watchUntil),
    over_at: at(facts.overAt),
  };
}
