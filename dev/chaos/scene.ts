import type { Engine } from '../engine.ts';
import { findAndKill } from '../processes/fleet.ts';
import type { Say } from '../say.ts';
import type { Settings } from '../settings.ts';
import type { State } from '../state.ts';
import type { Brake } from './audit/facts.ts';
import { notingBrakes } from './brakes.ts';
import { type Ask, type AskStripe, patientCaller, stripeCaller } from './calls.ts';
import type { Log } from './strikes/log.ts';

/** The parts of a run and its progress. */
export type Scene = {
  seed: number;
  payouts: number;
  engine: Engine;
  /** The engine's public API. */
  api: Ask;
  /** The sandbox's control API. */
  control: Ask;
  /** Sends the platform's own requests to Stripe. */
  stripe: AskStripe;
  /** Kills a part, which the launcher restarts. Returns undefined if the part does not run. */
  kill: (part: 'worker' | 'API') => number | undefined;
  log: Log;
  /** Reports progress with the time of the run. */
  tell: Say;
  count: Count;
  funds: Funds;
};

/** What customers have paid to the platform, in each currency. */
export type Funds = {
  came: Map<string, number>;
  /** The day, counted from the first, until which no more money comes. */
  lateUntil: number;
};

/** Counts of the run. */
export type Count = {
  sellers: number;
  orders: number;
  /** Calls of the API that were retried because there was no answer. */
  again: number;
  killed: number;
  restarts: number;
  resolved: number;
  days: number;
  /** The earnings that the platform posted. */
  promised: { sellerId: string; currency: string; amount: number; charge?: string }[];
  /** The commands that stopped money. */
  brakes: Brake[];
  /** API keys that were revoked at the start. */
  revoked: string[];
};

const stripeKey = 'sk_test_sandbox';

/** Creates the scene for a running engine. */
export function openScene(
  run: { seed: number; payouts: number; engine: Engine; log: Log; say: Say },
  settings: Settings,
  state: State,
): Scene {
  const { say, ...rest } = run;
  const sandboxUrl = `http://127.0.0.1:${settings.ports.sandbox}`;
  const key = process.env.ADMIN_API_KEY || state.secret('admin-key', 'pe_admin_');
  const none = { sellers: 0, orders: 0, again: 0, killed: 0, restarts: 0, resolved: 0, days: 0 };
  const count: Count = { ...none, promised: [], brakes: [], revoked: [] };
  const startedAt = Date.now();
  return {
    ...rest,
    api: notingBrakes(
      patientCaller(
        `http://127.0.0.1:${settings.ports.api}`,
        { authorization: `Bearer ${key}` },
        () => (count.again += 1),
      ),
      count.brakes,
    ),
    control: patientCaller(`${sandboxUrl}/_sandbox`),
    stripe: stripeCaller(sandboxUrl, stripeKey),
    kill: (part) => findAndKill(state.file('processes.json'), part),
    tell: (text) => {
      const of = count.orders === 0 ? `${count.sellers} sellers` : `${count.orders} orders`;
      say(`  ${clock(Date.now() - startedAt)}  ${of.padStart(12)}  ${text}`);
    },
    count,
    funds: { came: new Map(), lateUntil: 0 },
  };
}

/** Formats a time as minutes and seconds. */
export function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return [seconds / 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':');
}

/** Reads a list of the API, page by page, to its end. */
export async function listAll<T>(api: Ask, path: string): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const separator = path.includes('?') ? '&' : '?';
    const page = (await api('GET', `${path}${separator}limit=100${after}`)) as {
      data: T[];
      nextCursor: string | null;
    };
    all.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}
