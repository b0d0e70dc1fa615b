import { type RawBuilder, sql } from 'kysely';
import type { PayoutId, StripeAccountId } from '../../domain/ids.ts';
import type { Brake } from '../../domain/payouts/sending.ts';
import { seenMinutes } from '../../domain/recovery/right-to-send.ts';
import {
  type AttemptState,
  type Clearance,
  keyAgeLimitHours,
  type MoneyStep,
  moneySteps,
  type StoppedOpening,
} from '../../domain/stripe.ts';
import type { Db } from '../connect.ts';
import { lock } from '../locks.ts';
import { brakeOn, firstExpiryOn } from './brakes.ts';
import { instantOf, type Pace, type Slot, slotsTaken } from './budget.ts';
import { unexplainedOf, unknownMadeFor, wordOf } from './doubts.ts';

/** One request to Stripe for one step, under one idempotency key, with all its tries. */
export type Attempt = {
  key: string;
  objectId: string;
  step: string;
  number: number;
  state: AttemptState;
  account: StripeAccountId | null;
  apiVersion: string;
  /** The body as sent. */
  request: Record<string, unknown>;
  firstSentAt: string | null;
  tries: number;
  /** The tries to which the answer was certainly no. */
  deniedTries: number;
  stripeId: string | null;
};

/** The values of a new attempt. */
export type NewAttempt = {
  objectId: string;
  step: string;
  account: StripeAccountId | null;
  apiVersion: string;
  request: Record<string, unknown>;
};

/** The answer if a step has no attempt that may be sent. */
export type NotOpened = { state: 'not-opened'; why: StoppedOpening };

/**
 * Returns the last attempt of this step, or opens the next attempt if the last one was refused. An
 * attempt that was not sent takes the requested body; an attempt that was sent keeps its body. A
 * try that certainly did nothing does not count as sent. `stop` and `opened` repeat the rule
 * `openingOf` in domain/stripe.ts, and `renewed` repeats `takesNewBody`. The lock on the payout
 * waits for a running cancellation, so its result is visible here.
 */
export async function openAttempt(
  db: Db,
  asked: NewAttempt,
  { isLooked = false } = {},
): Promise<Attempt | NotOpened> {
  const [objectId, step] = [sql`${asked.objectId}`, sql`${asked.step}`];
  const key = { objectId, step, number: sql.ref('number') };
  for (;;) {
    const { rows } = await sql<AttemptRow & { why: StoppedOpening | null }>`
      with payout as (
        select status, seller_id, stripe_account, currency from payouts
        where id = ${asked.objectId}
        ${lock('payouts', 'to-read')}
      ), last as (
        select * from attempts where object_id = ${asked.objectId} and step = ${asked.step}
        order by state <> 'refused' desc, number desc limit 1
      ), unsent as (
        select * from last where state = 'started' and tries = denied_tries
      ), stop as (
        select case
          when exists (select from last where state <> 'refused') and not exists (select from unsent)
            then null
          when exists (select from payout where status = 'canceled')
            and not exists (select from unsent) then 'canceled'
          when ${asked.step !== 'cancel'}::boolean and (
            exists (select from payout, lateral (${unknownMadeFor('payout')}) as known)
            or exists (select from last) and not exists (select from unsent where number = 1)
              and exists (select from (${unexplainedOf(objectId)}) as known)) then 'unexplained'
          when ${!isLooked}::boolean and ${wordOf(objectId, step)} is not null then 'look-first'
        end as why
      ), opened as (
        insert into attempts (key, object_id, step, number, account, api_version, request)
        select ${attemptKeyIn(key)},
          ${asked.objectId}, ${asked.step}, number, ${asked.account}, ${asked.apiVersion},
          ${JSON.stringify(asked.request)}::jsonb
        from (select coalesce((select number from last), 0) + 1 as number) as next
        where not exists (select from last where state <> 'refused')
          and (select why from stop) is null
        on conflict do nothing returning *
      ), renewed as (
        update attempts set request = ${JSON.stringify(asked.request)}::jsonb
        where key = (select key from unsent) and (select why from stop) is null
          and tries = denied_tries and request <> ${JSON.stringify(asked.request)}::jsonb
        returning *
      )
      select stop.why, attempt.* from stop left join (
        select * from opened union all select * from renewed
        union all select * from last where state <> 'refused' and not exists (select from renewed)
      ) as attempt on stop.why is null
    `.execute(db);
    const [row] = rows;
    if (row?.why) return { state: 'not-opened', why: row.why };
    if (row?.key) return toAttempt(row);
    // Another process opened the attempt between the read and the insert: read again.
  }
}

/** The domain's `attemptKey` in SQL. */
export function attemptKeyIn(of: Record<'objectId' | 'step' | 'number', RawBuilder<unknown>>) {
  return sql<string>`${of.objectId} || '/' || ${of.step} || '/' || (${of.number})`;
}

/**
 * Makes the last check before the POST, in one statement. If the attempt may be sent, records the
 * try and takes its slots of Stripe's budgets. The `case` repeats the rules `clearanceOf` and
 * `mayBeDone` in domain/stripe.ts, and `isClaimed` in domain/recovery/right-to-send.ts. `brake` is
 * what stops the payout, and `holdEndsAt` when the first hold expires.
 *
 * `slotAt` is the time of the slots, at most two minutes ahead, so Stripe still knows a key of 12
 * hours when the POST is sent. `tries` includes this try. `request` is the body to send, which does
 * not change after this try.
 */
export async function clearTry(
  db: Db,
  key: string,
  paces: readonly Pace[],
): Promise<Cleared & { slotAt: number }> {
  const askedAt = performance.now();
  const { rows } = await sql<Cleared & Slot>`
    with look as (
      select key, object_id, tries, denied_tries, request, brake, case
        when state <> 'started' then 'decided'
        when ${letsMoneyGo} and exists (select from money_stops where lifted_at is null)
          then 'money-stopped'
        when step <> 'cancel' and not exists (select from operations
          where compared_start = postgres_start()) then 'not-compared'
        when brake is not null and tries > denied_tries then 'look-up'
        when brake is not null then 'braked'
        when step <> 'cancel' and is_uncompared(object_id) then 'uncompared'
        when ${letsMoneyGo} and tries = denied_tries and not exists (select from right_to_send
          where claimed_start = postgres_start()
            and seen_at >= business_now() - ${seenMinutes} * interval '1 minute'
            and not exists (select from payouts where payouts.id = attempts.object_id
              and payday > claimed_at and payday <= business_now()))
          then 'not-claimed'
        when tries > denied_tries
          and in_doubt_since < business_now() - ${keyAgeLimitHours} * interval '1 hour' then 'too-old'
        else 'send' end as clearance
      from attempts left join lateral (select
        case when ${letsMoneyGo} then ${brakeOn(sql.ref('attempts.object_id'))} end as brake
      ) as braked on true
      where key = ${key} ${lock('attempts', 'alone')}
    ), noted as (
      update attempts set tries = tries + 1, last_sent_at = business_now(),
        first_sent_at = coalesce(first_sent_at, business_now()),
        in_doubt_since = case when tries = denied_tries then business_now() else in_doubt_since end
      where key = (select key from look where clearance = 'send')
    ), slots as (
      ${slotsTaken(paces, sql`(select clearance from look) = 'send'`)}
    )
    select clearance, tries + 1 as tries, denied_tries as "deniedTries", request, brake, case when brake is not null
        then ${firstExpiryOn(sql.ref('look.object_id'))} end as "holdEndsAt",
      "waitMs", "atMs" from look, (
      select max(wait_ms)::float as "waitMs", max(at_ms)::float as "atMs" from slots
    ) as latest
  `.execute(db);
  const [row] = rows;
  if (!row) throw new Error(`no such attempt: ${key}`);
  const { waitMs: _wait, atMs: _at, ...cleared } = row;
  return { ...cleared, slotAt: instantOf(row, askedAt) };
}

/** The answer of the last check before a POST. */
export type Cleared = Pick<Attempt, 'request'> & {
  clearance: Clearance;
  tries: number;
  /** The earlier tries that certainly did nothing. */
  deniedTries: number;
  brake: Brake | null;
  holdEndsAt: string | null;
};

/** The domain's `letsMoneyGo` in SQL. */
const letsMoneyGo = sql`step in (${sql.join(moneySteps.map((step) => sql.lit(step)))})`;

/** Finds the attempt of a step that was not refused. */
export async function findAttempt(
  db: Db,
  objectId: PayoutId,
  step: MoneyStep,
): Promise<Attempt | undefined> {
  const row = await db
    .selectFrom('attempts')
    .selectAll()
    .where('object_id', '=', objectId)
    .where('step', '=', step)
    .where('state', '<>', 'refused')
    .executeTakeFirst();
  return row && toAttempt(row);
}

type AttemptRow = Omit<
  Attempt,
  'objectId' | 'apiVersion' | 'firstSentAt' | 'deniedTries' | 'stripeId'
> & {
  object_id: string;
  api_version: string;
  first_sent_at: string | null;
  denied_tries: number;
  stripe_id: string | null;
};

function toAttempt(row: AttemptRow): Attempt {
  return {
    key: row.key,
    objectId: row.object_id,
    step: row.step,
    number: row.number,
    state: row.state,
    account: row.account,
    apiVersion: row.api_version,
    request: row.request,
    firstSentAt: row.first_sent_at,
    tries: row.tries,
    deniedTries: row.denied_tries,
    stripeId: row.stripe_id,
  };
}
