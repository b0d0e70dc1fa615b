import { sql } from 'kysely';
import { attemptKey } from '../../domain/ids.ts';
import { parkNames } from '../../domain/parking/reasons.ts';
import type { Payout } from '../../domain/payouts/states.ts';
import { isAsRead } from '../../domain/payouts/transition-type.ts';
import * as transitions from '../../domain/payouts/transitions.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import type { Db, Tx } from '../connect.ts';
import { lock } from '../locks.ts';
import { businessNow } from '../time.ts';
import { move } from './move.ts';
import { selectPayout, toPayout } from './rows.ts';

/** Why a step that counted as not sent is in doubt again. */
export type NewDoubt = {
  step: MoneyStep;
  /** What a person must know. Null if the engine can look the outcome up by itself. */
  detail: string | null;
  /** True if Stripe has an object that names the payout. */
  isMade: boolean;
};

/**
 * Takes back that a step was not sent: the attempt that may have made the object is unknown again,
 * and the next attempt, which was not sent, is never sent. If another attempt was sent meanwhile,
 * changes nothing, because only Stripe's answer to this attempt counts. If the step was never sent
 * and Stripe has no object that names the payout, the payout is parked. If the payout has changed
 * since it was read, changes nothing: the payout's next step decides from what is stored.
 */
export async function recordDoubt(db: Db, before: Payout, doubt: NewDoubt): Promise<Payout> {
  const { payoutId } = before;
  const { step, detail } = doubt;
  return await db.transaction().execute(async (tx) => {
    // While the payout is locked, no attempt is opened.
    const row = await selectPayout(tx)
      .where('id', '=', payoutId)
      .modifyEnd(lock('payouts', 'alone'))
      .executeTakeFirstOrThrow();
    const stored = toPayout(row);
    if (!isAsRead(stored, before)) return stored;
    await withdrawUnsent(tx, before, step);
    if (await hasStanding(tx, before, step)) return stored;
    if ((await doubtSent(tx, before, step)) || (doubt.isMade && (await noteMade(tx, before, step))))
      return move(tx, transitions.doubted(before, step, detail));
    return move(tx, transitions.parked(before, parkNames.unexpectedState, detail));
  });
}

/** The check before the POST stops a worker that still uses this attempt. */
async function withdrawUnsent(tx: Tx, { payoutId }: Payout, step: MoneyStep): Promise<void> {
  await tx
    .updateTable('attempts')
    .set({ state: 'refused', refusal: 'called-off', decided_at: businessNow })
    .where('object_id', '=', payoutId)
    .where('step', '=', step)
    .where('state', '=', 'started')
    .whereRef('tries', '=', 'denied_tries')
    .execute();
}

async function hasStanding(tx: Tx, { payoutId }: Payout, step: MoneyStep): Promise<boolean> {
  const row = await tx
    .selectFrom('attempts')
    .select('key')
    .where('object_id', '=', payoutId)
    .where('step', '=', step)
    .where('state', '<>', 'refused')
    .executeTakeFirst();
  return row !== undefined;
}

/** Reopens the attempt that only a person's word ended, otherwise the last one that was sent. */
async function doubtSent(tx: Tx, { payoutId }: Payout, step: MoneyStep): Promise<boolean> {
  const { rows } = await sql`
    update attempts set state = 'unknown', refusal = null, decided_at = null
    where key = (select key from attempts where object_id = ${payoutId} and step = ${step}
        and first_sent_at is not null
      order by refusal = 'confirmed-not-sent' desc, number desc limit 1)
    returning key
  `.execute(tx);
  return rows.length > 0;
}

/** Records an attempt of the lost database that made the object. */
async function noteMade(tx: Tx, of: Payout, step: MoneyStep): Promise<boolean> {
  const { payoutId: objectId, stripeAccount } = of;
  const key = attemptKey({ objectId, step, number: 'adopted' });
  const account = step === 'payout' ? stripeAccount : null;
  // The object may be older than the payout's row, and the look-up searches from this instant on.
  const { rows } = await sql`
    insert into attempts (key, object_id, step, number, account, api_version, request, state,
      tries, first_sent_at, last_sent_at)
    select ${key}, ${objectId}, ${step}, coalesce((select max(number) from attempts
        where object_id = ${objectId} and step = ${step}), 0) + 1, ${account}, 'adopted', '{}',
      'unknown', 1, made_at, made_at
    from (select least(business_now(),
      (select min(created_at) from adoptions where payout_id = ${objectId}),
      (select min(created_at) from movements where payout_id = ${objectId}
        and standing in ('open', 'unknown-payout'))) as made_at) as made
    on conflict do nothing returning key
  `.execute(tx);
  return rows.length > 0;
}
