import type { Db } from '../../../db/connect.ts';
import { newId, type PayoutId } from '../../../domain/ids.ts';
import type { AttemptState, OpeningFacts } from '../../../domain/stripe.ts';

/** Inserts an attempt in this state, sent at this instant, or never sent. Returns its key. */
export async function insertAttempt(
  db: Db,
  of: { state: AttemptState; step: OpeningFacts['step']; number?: number; deniedTries?: number },
  sentAt: string | null,
  objectId: PayoutId = newId('payout'),
): Promise<{ objectId: PayoutId; key: string }> {
  const { state, step, number = 1, deniedTries = 0 } = of;
  const key = `${objectId}/${step}/${number}`;
  const isDecided = state === 'refused' || state === 'succeeded';
  await db
    .insertInto('attempts')
    .values({
      key,
      object_id: objectId,
      step,
      number,
      state,
      api_version: '2026-10-28.endive',
      request: JSON.stringify({ amount: 1 }),
      first_sent_at: sentAt,
      last_sent_at: sentAt,
      in_doubt_since: sentAt,
      tries: sentAt === null ? 0 : 1,
      denied_tries: deniedTries,
      refusal: state === 'refused' ? 'other' : null,
      decided_at: isDecided ? new Date().toISOString() : null,
      stripe_id: state === 'succeeded' ? newId('tr') : null,
    })
    .execute();
  return { objectId, key };
}
