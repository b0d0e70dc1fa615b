import { setTimeout as pause } from 'node:timers/promises';
import type { Db } from '../db/connect.ts';
import { takeSlots, type Pace } from '../db/budget.ts';

/** Requests a second that Stripe allows this key: in all, to one endpoint, and for payouts. */
export type Budgets = { all: number; endpoint: number; payouts: number };

/** Turns within Stripe's budgets, over all processes together. */
export type Turns = {
  /** The paces that a call to this endpoint keeps. */
  paces: (endpoint: Endpoint) => Pace[];
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
  | 'GET /v2/core/events';

/** Two in a hundred stay unused, so that jitter on the way never makes one second too full. */
const usedPart = 0.98;

/** The exact guard that stands before each call; a task queue's own limit opens with a burst. */
export function createTurns(db: Db, budgets: Budgets): Turns {
  const paces = (endpoint: Endpoint): Pace[] => {
    const perSecond = endpoint === 'POST /v1/payouts' ? budgets.payouts : budgets.endpoint;
    return [
      { name: 'all', spacingMs: 1000 / (budgets.all * usedPart) },
      { name: endpoint, spacingMs: 1000 / (perSecond * usedPart) },
    ];
  };
  return { paces, take: async (endpoint) => wait(await takeSlots(db, paces(endpoint))) };
}

/** Waits for a slot that was taken. */
export async function wait(waitMs: number): Promise<void> {
  if (waitMs > 1) await pause(waitMs);
}
