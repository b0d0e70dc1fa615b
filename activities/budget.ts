import { setTimeout as pause } from 'node:timers/promises';
import type { Db } from '../db/connect.ts';
import { takeSlots, type Pace } from '../db/budget.ts';

/** Requests a second that Stripe allows this key: in all, to one endpoint, and for payouts. */
export type Budgets = { all: number; endpoint: number; payouts: number };

/** Turns within Stripe's budgets, over all processes together. */
export type Turns = {
  /** The paces that a call to this endpoint keeps. */
  paces: (endpoint: Endpoint) => Pace[];
  /** Waits for a slot that was taken, this long from now. */
  wait: (endpoint: Endpoint, waitMs: number) => Promise<void>;
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

/** Two in a hundred stay unused, so that jitter on the way never makes one second too full. */
const usedPart = 0.98;
/** Within a process, calls that are late may catch up a little, but never all at once. */
const catchingUp = 0.993;

/** The exact guard that stands before each call; a task queue's own limit opens with a burst. */
export function createTurns(db: Db, budgets: Budgets): Turns {
  const limitOf = (endpoint: Endpoint): number =>
    endpoint === 'POST /v1/payouts' ? budgets.payouts : budgets.endpoint;
  const paces = (endpoint: Endpoint): Pace[] => [
    { name: 'all', spacingMs: 1000 / (budgets.all * usedPart) },
    { name: endpoint, spacingMs: 1000 / (limitOf(endpoint) * usedPart) },
  ];
  const lines = new Map<Endpoint, Line>();
  const wait = (endpoint: Endpoint, waitMs: number): Promise<void> => {
    const line = lines.get(endpoint) ?? createLine(1000 / (limitOf(endpoint) * catchingUp));
    lines.set(endpoint, line);
    return line(waitMs);
  };
  return {
    paces,
    wait,
    take: async (endpoint) => wait(endpoint, await takeSlots(db, paces(endpoint))),
  };
}

type Line = (waitMs: number) => Promise<void>;

/** Lets one after the other go, this far apart, however late a busy process comes to each. */
function createLine(spacingMs: number): Line {
  let lastAt = 0;
  let tail = Promise.resolve();
  return (waitMs) => {
    const dueAt = performance.now() + waitMs;
    tail = tail.then(async () => {
      const leftMs = Math.max(dueAt, lastAt + spacingMs) - performance.now();
      if (leftMs > 0) await pause(leftMs);
      lastAt = performance.now();
    });
    return tail;
  };
}
