import { setTimeout as pause } from 'node:timers/promises';
import type { Db } from '../db/connect.ts';
import { takeSlots } from '../db/budget.ts';

/** Requests a second that Stripe allows this key: in all, to one endpoint, and for payouts. */
export type Budgets = { all: number; endpoint: number; payouts: number };

/** Waits for this endpoint's turn within Stripe's budgets, over all processes together. */
export type TakeTurn = (endpoint: Endpoint) => Promise<void>;

export type Endpoint =
  | 'POST /v1/payouts'
  | 'POST /v1/transfers'
  | 'POST /v1/balance_settings'
  | 'POST /v2/core/accounts'
  | 'GET /v1/payouts'
  | 'GET /v1/transfers'
  | 'GET /v1/charges'
  | 'GET /v1/events'
  | 'GET /v1/balance_settings'
  | 'GET /v2/core/accounts'
  | 'GET /v2/core/events';

/** Two in a hundred stay unused, so that jitter on the way never makes one second too full. */
const usedPart = 0.98;

/** The exact guard that stands before each call; a task queue's own limit opens with a burst. */
export function createTurns(db: Db, budgets: Budgets): TakeTurn {
  return async (endpoint) => {
    const perSecond = endpoint === 'POST /v1/payouts' ? budgets.payouts : budgets.endpoint;
    const waitMs = await takeSlots(db, [
      { name: 'all', spacingMs: 1000 / (budgets.all * usedPart) },
      { name: endpoint, spacingMs: 1000 / (perSecond * usedPart) },
    ]);
    if (waitMs > 1) await pause(waitMs);
  };
}
