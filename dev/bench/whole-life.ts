import { until } from '../wait.ts';
import type { Machine } from './machine.ts';
import * as observe from './observe.ts';
import { earn } from './sellers.ts';
import { lastRequest, readStripeCalls } from './stripe-calls.ts';

/** The cost of one payout from its order to the end of its watch, on an idle machine. */
export type WholeLife = {
  payouts: number;
  payoutEvents: number;
  sellerEvents: number;
  statements: number;
  begins: number;
  mostStatements: [string, number][];
  requests: [string, number][];
};

/** The business days until the bank has the money, and the watch for late returns. */
const toTheBankMinutes = 8 * 24 * 60;
const watchMinutes = 11 * 24 * 60;

/** Takes some payouts through their whole life by moving the sandbox's clock. */
export async function measureWholeLife(
  machine: Machine,
  sellers: readonly string[],
): Promise<WholeLife> {
  const { api } = machine;
  await earn(machine, sellers);
  await observe.waitUntilQuiet(machine);
  const sellersBefore = await sum(sellers, (id) => observe.countEvents(machine, `seller/${id}`));
  const requestsBefore = await lastRequest(machine);
  await observe.resetSql(machine);
  const payouts: string[] = [];
  for (const seller of sellers) {
    const { id } = await api('POST', `/v1/sellers/${seller}/payouts`, { currency: 'eur' });
    payouts.push(String(id));
  }
  await observe.waitUntilSent(machine, payouts);
  await moveClock(machine, toTheBankMinutes);
  await untilAll(machine, payouts, 'paid');
  await moveClock(machine, watchMinutes);
  await untilAll(machine, payouts, 'settled');
  await observe.waitUntilQuiet(machine);
  const count = payouts.length;
  const { statements, begins, most } = await observe.countSql(machine);
  const { byEndpoint } = await readStripeCalls(machine, requestsBefore);
  const sellersAfter = await sum(sellers, (id) => observe.countEvents(machine, `seller/${id}`));
  return {
    payouts: count,
    payoutEvents:
      (await sum(payouts, (id) => observe.countEvents(machine, `payout/${id}`))) / count,
    sellerEvents: (sellersAfter - sellersBefore) / count,
    statements: statements / count,
    begins: begins / count,
    mostStatements: most.map(([text, calls]) => [text, calls / count]),
    requests: byEndpoint.map(([name, calls]) => [name, calls / count]),
  };
}

async function moveClock({ api }: Machine, advanceMinutes: number): Promise<void> {
  await api('POST', '/v1/test/clock', { advanceMinutes });
}

async function untilAll(machine: Machine, payouts: string[], status: string): Promise<void> {
  await until(
    `payouts are ${status}`,
    async () => {
      const steps = await observe.readSteps(machine, payouts);
      return steps.every((step) => step.status === status);
    },
    120_000,
  );
}

async function sum(ids: readonly string[], of: (id: string) => Promise<number>): Promise<number> {
  let total = 0;
  for (const id of ids) total += await of(id);
  return total;
}
