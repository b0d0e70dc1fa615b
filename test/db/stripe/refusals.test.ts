import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parkPayout } from '../../../db/payouts/steps.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { recordRefused } from '../../../db/stripe/answers.ts';
import type { PayoutId } from '../../../domain/ids.ts';
import { isDecidedByRefusal, type TriedAttempt } from '../../../domain/stripe.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';
import { insertAttempt } from './insert-attempt.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(4);
});
afterAll(() => money.db.destroy());

const states = ['started', 'unknown', 'refused', 'succeeded'] as const;
const tried = [0, 1, 2, 3].flatMap((tries) =>
  Array.from({ length: tries + 1 }, (_, deniedTries) => ({ tries, deniedTries })),
);
const attempts: TriedAttempt[] = states.flatMap((state) =>
  tried.map((counts) => ({ state, ...counts })),
);
const unknown: TriedAttempt = { state: 'unknown', tries: 1, deniedTries: 0 };

async function orderPayout(): Promise<PayoutId> {
  return money.order(await money.seller());
}

/** Records a late refusal of this attempt, and returns its state afterwards. */
async function refuse(attempt: TriedAttempt, isOnlyTry: boolean, payoutId: PayoutId) {
  const { state, tries, deniedTries } = attempt;
  const { key } = await insertAttempt(money.db, { state, step: 'transfer' }, null, payoutId);
  const counts = { tries, denied_tries: deniedTries };
  await money.db.updateTable('attempts').set(counts).where('key', '=', key).execute();
  const isRecorded = await recordRefused(money.db, {
    key,
    refusal: 'balance-insufficient',
    error: {},
    isOnlyTry,
  });
  const row = await money.db
    .selectFrom('attempts')
    .select(['state', 'refusal'])
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
  return { ...row, isRecorded };
}

describe.each([true, false])('a refusal that is certain of the only try alone: %s', (isOnlyTry) => {
  test('decides in SQL what the rule says, whatever was tried', async () => {
    for (const attempt of attempts) {
      const { state, refusal } = await refuse(attempt, isOnlyTry, await orderPayout());
      const isDecided = refusal === 'balance-insufficient';
      expect({ attempt, isDecided }).toEqual({
        attempt,
        isDecided: isDecidedByRefusal(attempt, isOnlyTry),
      });
      expect(state).toBe(isDecided ? 'refused' : attempt.state);
    }
  });

  test.each(['parked', 'named'] as const)(
    'changes nothing of an unknown attempt once a person was asked: %s',
    async (how) => {
      const payoutId = await orderPayout();
      if (how === 'parked') {
        await parkPayout(money.db, await readPayout(money.db, payoutId), 'outcome-unknown');
      } else {
        const named = { unknown_step: 'transfer', named_stripe_id: 'tr_named' } as const;
        await money.db.updateTable('payouts').set(named).where('id', '=', payoutId).execute();
      }
      const refused = await refuse(unknown, isOnlyTry, payoutId);
      expect(refused).toMatchObject({ state: 'unknown', isRecorded: !isOnlyTry });
    },
  );
});
