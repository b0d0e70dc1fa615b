import { setTimeout as pause } from 'node:timers/promises';

import type { Call } from './calls.ts';
import { forEach } from './calls.ts';

/** One ordered payout: when the order was due, and when the API had answered. */
export type Order = { payoutId: string; sellerId: string; dueAt: number; answeredAt: number };

/** The accepted orders, and the beginning of the error of each refused order. */
export type Orders = { taken: Order[]; refused: string[] };

/**
 * Orders a payout for each seller at a fixed pace, whether or not the engine keeps up. A late
 * answer counts as late and never delays the next order.
 */
export async function orderAtPace(
  api: Call,
  sellers: readonly string[],
  perSecond: number,
): Promise<Orders> {
  const orders: Orders = { taken: [], refused: [] };
  const startAt = Date.now();
  const under: Promise<void>[] = [];
  for (const [index, sellerId] of sellers.entries()) {
    const dueAt = startAt + (index * 1000) / perSecond;
    const early = dueAt - Date.now();
    if (early > 0) await pause(early);
    under.push(order(api, { sellerId, dueAt }, orders));
  }
  await Promise.all(under);
  return orders;
}

/**
 * Orders a payout for every seller, all due now, with as many concurrent calls as a batch job
 * makes.
 */
export async function orderAtOnce(api: Call, sellers: readonly string[]): Promise<Orders> {
  const orders: Orders = { taken: [], refused: [] };
  const dueAt = Date.now();
  await forEach(sellers, 40, (sellerId) => order(api, { sellerId, dueAt }, orders));
  return orders;
}

async function order(
  api: Call,
  { sellerId, dueAt }: Pick<Order, 'sellerId' | 'dueAt'>,
  orders: Orders,
): Promise<void> {
  try {
    const { id } = await api('POST', `/v1/sellers/${sellerId}/payouts`, { currency: 'eur' });
    orders.taken.push({ payoutId: String(id), sellerId, dueAt, answeredAt: Date.now() });
  } catch (error) {
    orders.refused.push(error instanceof Error ? error.message : String(error));
  }
}
