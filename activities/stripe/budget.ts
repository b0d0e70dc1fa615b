import { setTimeout as pause } from 'node:timers/promises';
import type { Db } from '../../db/connect.ts';
import { type Pace, takeSlots } from '../../db/stripe/budget.ts';
import type { Budgets, ChangingRequest } from '../../domain/stripe.ts';

/** Slots within Stripe's budgets, shared by all processes. */
export type Turns = {
  /** The paces that a call to this endpoint must keep. */
  paces: (endpoint: Endpoint) => Pace[];
  /** Waits for a slot that was already taken. Takes another slot if that slot is missed. */
  wait: (endpoint: Endpoint, slotAt: number) => Promise<void>;
  /** Takes the next slot for this endpoint and waits for it. */
  take: (endpoint: Endpoint) => Promise<void>;
};

/** An endpoint of Stripe that the engine calls. Each endpoint has its own pace. */
export type Endpoint =
  | ChangingRequest
  | 'GET /v1/payouts'
  | 'GET /v1/transfers'
  | 'GET /v1/charges'
  | 'GET /v1/accounts'
  | 'GET /v1/balance_transactions'
  | 'GET /v1/events'
  | 'GET /v1/balance'
  | 'GET /v1/products'
  | 'GET /v1/balance_settings'
  | 'GET /v1/country_specs'
  | 'GET /v2/core/accounts'
  | 'GET /v2/core/events'
  | 'GET /v2/core/event_destinations';

/**
 * The part of each limit that is used. Payouts use nearly the whole limit, because this limit
 * decides how long a payday takes. The other endpoints use less, so that late calls never exceed
 * the limit within one second.
 */
const usedPart = { payouts: 0.965, others: 0.8 };
/**
 * How late a call may start after its slot, as a part of the unused time between two slots. The
 * rest of this time is for the network. A call that would start later, because its process was busy
 * or suspended, takes another slot. Otherwise several delayed calls could reach Stripe in the same
 * second as another worker's calls.
 */
const goodPart = 0.7;
/**
 * After this many missed slots, the call goes out without a slot: a 429 costs time, never money.
 */
const mostMissed = 5;

/**
 * Creates the exact limiter that each call to Stripe passes first. A task queue's own limit is not
 * exact, because it opens with a burst.
 */
export function createTurns(db: Db, budgets: Omit<Budgets, 'payoutsAtOnce'>): Turns {
  const used = (endpoint: Endpoint): { limit: number; part: number } =>
    endpoint === 'POST /v1/payouts'
      ? { limit: budgets.payouts, part: usedPart.payouts }
      : { limit: budgets.endpoint, part: usedPart.others };
  const paces = (endpoint: Endpoint): Pace[] => {
    const { limit, part } = used(endpoint);
    return [
      { name: 'all', spacingMs: 1000 / (budgets.all * usedPart.others) },
      { name: endpoint, spacingMs: 1000 / (limit * part) },
    ];
  };
  const wait = async (endpoint: Endpoint, slotAt: number): Promise<void> => {
    const goodForMs = 1000 * (1 / used(endpoint).part - 1) * goodPart;
    let at = slotAt;
    for (let missed = 0; !(await isCaught(at, goodForMs)) && missed < mostMissed; missed += 1) {
      at = await takeSlots(db, paces(endpoint));
    }
  };
  return {
    paces,
    wait,
    take: async (endpoint) => wait(endpoint, await takeSlots(db, paces(endpoint))),
  };
}

/** Waits for a slot. Returns true if the slot is still valid when its time has come. */
async function isCaught(at: number, goodForMs: number): Promise<boolean> {
  // A timer counts whole milliseconds and may end within the last millisecond before the slot.
  for (let leftMs; (leftMs = at - performance.now()) > 0;) await pause(Math.ceil(leftMs));
  return performance.now() - at <= goodForMs;
}
