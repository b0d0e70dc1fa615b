import { beforeAll, describe, expect, test } from 'vitest';
import { listRequirements, replaceRequirements } from '../../../db/accounts/requirements.ts';
import { readSellerForWorkflow } from '../../../db/sellers/steps.ts';
import type { Requirement } from '../../../domain/accounts/requirements.ts';
import type { SellerId } from '../../../domain/ids.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase();
});

type Deadline = Requirement['deadline'];

/** What Stripe asks for, named after when it has to be there. */
function asked(deadline: Deadline, name: string = deadline): Requirement {
  return {
    description: name,
    mustAct: 'seller',
    deadline,
    deadlineAt: null,
    blocks: ['stripe_balance.payouts'],
    errors: [],
  };
}
const replace = (sellerId: SellerId, requirements: Requirement[]) =>
  money.db.transaction().execute((tx) => replaceRequirements(tx, sellerId, requirements));

describe('what Stripe asks for', () => {
  const [later, now, overdue] = [
    asked('eventually_due'),
    asked('currently_due'),
    asked('past_due'),
  ] as const;

  test.each<[why: string, told: Requirement[][], names: string[], due: number]>([
    ['nothing was asked yet', [[]], [], 0],
    ['what is only due some day stops nothing', [[later]], ['eventually_due'], 0],
    ['what is due now counts', [[now]], ['currently_due'], 1],
    [
      'the most urgent is first',
      [[later, now, overdue]],
      ['past_due', 'currently_due', 'eventually_due'],
      2,
    ],
    [
      'of the same urgency they stay in Stripe’s order',
      [[asked('past_due', 'b'), asked('past_due', 'a')]],
      ['b', 'a'],
      2,
    ],
    [
      'the last time counts, and nothing of before it',
      [[overdue, now], [later]],
      ['eventually_due'],
      0,
    ],
    ['all of it was given', [[overdue, now], []], [], 0],
    ['the same may be asked twice', [[now, now]], ['currently_due', 'currently_due'], 2],
  ])('is kept as it was told last: %s', async (_why, told, names, due) => {
    const sellerId = await money.seller();
    const other = await money.seller();
    await replace(other, [overdue]);
    for (const requirements of told) await replace(sellerId, requirements);
    const listed = await listRequirements(money.db, sellerId);
    expect(listed.map(({ description }) => description)).toEqual(names);
    expect((await readSellerForWorkflow(money.db, sellerId)).requirementsDue).toBe(due);
    expect(await listRequirements(money.db, other)).toEqual([overdue]);
  });

  test('comes back with everything that was told of it', async () => {
    const sellerId = await money.seller();
    const full: Requirement = {
      description: 'identity.individual.address',
      mustAct: 'stripe',
      deadline: 'past_due',
      deadlineAt: '2026-12-01T00:00:00.000Z',
      blocks: ['stripe_balance.payouts', 'stripe_balance.stripe_transfers'],
      errors: ['verification_failed_address_match'],
    };
    await replace(sellerId, [full]);
    expect(await listRequirements(money.db, sellerId)).toEqual([full]);
  });
});
