import { setTimeout as pause } from 'node:timers/promises';
import type { Db } from '../../db/connect.ts';
import { type Pace, takeSlots } from '../../db/stripe/budget.ts';

/** Requests a second that Stripe allows this key: in all, to one endpoint, and for payouts. */
export type Budgets = { all: number; endpoint: number; payouts: number };

/** Turns within Stripe's budgets, over all processes together. */
export type Turns = {
  /** The paces that a call to this endpoint keeps. */
  paces: (endpoint: Endpoint) => Pace[];
  /** Waits for a slot that was taken, or for another if that one is missed. */
  wait: (endpoint: Endpoint, slotAt: number) => Promise<void>;
  /** Waits for this endpoint's turn. */
  take: (endpoint: Endpoint) => Promise<void>;
};

export type Endpoint =
  | 'POST /v1/payouts'
  | 'POST /v1/payouts/cancel'
  | 'POST /v1/transfers'
  | 'POST /v1/balance_settings'
  | 'POST /v2/core/accounts'
  | 'GET /v1/payouts'
  | 'GET /v1/transfers'
  | 'GET /v1/charges'
  | 'GET /v1/accounts'
  | 'GET /v1/balance_transactions'
  | 'GET /v1/events'
  | 'POST /v1/account_sessions'
  | 'POST /v1/accounts/login_links'
  | 'POST /v2/core/account_links'
  | 'GET /v1/balance'
  | 'GET /v1/balance_settings'
  | 'GET /v2/core/accounts'
  | 'GET /v2/core/events'
  | 'GET /v2/core/event_destinations'
  | 'POST /v2/core/event_destinations';

/**
 * What is used of a limit: nearly all where paydays are as fast as Stripe lets payouts be, and less
 * of the others, so that calls may come late without making any second too full.
 */
const usedPart = { payouts: 0.965, others: 0.8 };
/**
 * A slot is good for this part of the time it may come late: of 1000 ms, what is not used. The rest
 * is left to the way. Whoever comes later, because its process was busy or stood still, has missed
 * it and takes another: calls that were kept up would else meet those of another worker in one
 * second.
 */
const goodPart = 0.7;
/** Where every slot is missed, a call goes out of turn at last: a 429 costs time, never money. */
const mostMissed = 5;

/** The exact guard that stands before each call; a task queue's own limit opens with a burst. */
export function createTurns(db: Db, budgets: Budgets): Turns {
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

/** Waits for a slot; tells whether it is still good when its time has come. */
async function isCaught(at: number, goodForMs: number): Promise<boolean> {
  // A timer counts whole milliseconds, and may end within the last of them.
  for (let leftMs; (leftMs = at - performance.now()) > 0;) await pause(Math.ceil(leftMs));
  return performance.now() - at <= goodForMs;
}
