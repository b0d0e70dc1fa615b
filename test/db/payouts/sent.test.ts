import * as fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mayHaveBeenSent } from '../../../db/schema/statuses.ts';
import { attemptKey, newId, type PayoutId } from '../../../domain/ids.ts';
import * as states from '../../../domain/payouts/states.ts';
import type { AttemptState, MoneyStep } from '../../../domain/stripe.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase();
});
afterAll(() => money.db.destroy());

type Known = { state: AttemptState; wasSent: boolean; isDenied: boolean };
const attempt = fc.option(
  fc.record<Known>({
    state: fc.constantFrom<AttemptState>('started', 'succeeded', 'refused', 'unknown'),
    wasSent: fc.boolean(),
    /** Every try certainly did nothing, so it does not count as sent. */
    isDenied: fc.boolean(),
  }),
  { nil: undefined },
);

test('the database says of a payout whether money may have been sent as the rule does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...states.payoutStatuses),
      attempt,
      attempt,
      async (status, transfer, payout) => {
        const payoutId = newId('payout');
        const of = { seller_id: await money.seller(), currency: 'eur', ordered_by: 'test' };
        await money.db
          .insertInto('payouts')
          .values({ id: payoutId, status, ...of })
          .execute();
        await insertAttempt(payoutId, 'transfer', transfer);
        await insertAttempt(payoutId, 'payout', payout);
        const { rows } = await sql`
          select ${mayHaveBeenSent} as says from payouts where id = ${payoutId}
        `.execute(money.db);
        const attempts = [transfer, payout].flatMap((one) => {
          return one ? { ...one, wasSent: one.wasSent && !one.isDenied } : [];
        });
        expect(rows).toEqual([{ says: states.mayHaveBeenSent(status, attempts) }]);
      },
    ),
    { numRuns: 100 },
  );
});

async function insertAttempt(payoutId: PayoutId, step: MoneyStep, given?: Known): Promise<void> {
  if (!given) return;
  const { state, wasSent, isDenied } = given;
  await money.db
    .insertInto('attempts')
    .values({
      key: attemptKey({ objectId: payoutId, step, number: 1 }),
      object_id: payoutId,
      step,
      number: 1,
      state,
      api_version: '2026-10-28',
      request: JSON.stringify({}),
      first_sent_at: wasSent ? '2026-01-01T00:00:00.000Z' : null,
      tries: 1,
      denied_tries: isDenied ? 1 : 0,
      refusal: state === 'refused' ? 'other' : null,
      stripe_id: state === 'succeeded' ? `tr_${payoutId}_${step}` : null,
    })
    .execute();
}
