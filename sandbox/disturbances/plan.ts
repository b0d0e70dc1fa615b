import { chance } from '../core/chance.ts';
import type { World } from '../core/world.ts';
import type { StripeRequest } from '../http/exchange.ts';
import { endpointOf } from '../http/paths.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import type { Fault } from './faults.ts';
import { canStrike, faultOf, type Strike, type StrikeKind, strikeKinds } from './strikes.ts';

/** Which calls are struck: those that a seed picks, by the share of each fault, or those named. */
export type StrikePlan = {
  seed: number;
  shares: { [K in StrikeKind]?: number | undefined };
  /** The longest `delay`. */
  delayMs: number;
  strikes: Strike[];
};

/** The plan of a sandbox; it outlives the process, as does the count of calls. */
export type Plan = {
  set(plan: StrikePlan): void;
  show(): StrikePlan;
  /** Counts the call. Returns the fault that strikes it, if any. */
  take(request: StripeRequest): Fault | undefined;
};

const nothing: StrikePlan = { seed: 0, shares: {}, delayMs: 0, strikes: [] };

/** Opens the plan as the last process stored it. */
export function openPlan(w: World): Plan {
  let plan = readSetting(w.db, 'plan', nothing);
  let named = byCall(plan);
  return {
    set(next) {
      w.db.transaction(() => {
        writeSetting(w.db, 'plan', next);
        w.db.run('delete from planned_calls');
      });
      plan = next;
      named = byCall(next);
    },
    show: () => plan,
    take(request) {
      if (isEmpty(plan)) return undefined;
      const endpoint = endpointOf(request);
      const n = countCall(w, endpoint);
      const strike = named.get(`${endpoint} #${n}`) ?? strikeAt(plan, endpoint, n);
      if (!strike || !canStrike(strike.fault, request)) return undefined;
      recordStrike(w, strike, request);
      return faultOf(strike, request);
    },
  };
}

/** What struck so far, oldest first. */
export function listStrikes(w: World, after: number, limit: number): object[] {
  return w.db.all(
    `select seq, at, clock, endpoint, n, fault, delay_ms as delayMs, request_id as requestId
     from strikes where seq > ? order by seq limit ?`,
    after,
    limit,
  );
}

function isEmpty({ shares, strikes }: StrikePlan): boolean {
  return strikes.length === 0 && Object.values(shares).every((share) => !share);
}

function byCall({ strikes }: StrikePlan): Map<string, Strike> {
  return new Map(strikes.map((strike) => [`${strike.endpoint} #${strike.n}`, strike]));
}

function strikeAt(plan: StrikePlan, endpoint: string, n: number): Strike | undefined {
  let left = chance(plan.seed, endpoint, n);
  for (const fault of strikeKinds) {
    left -= plan.shares[fault] ?? 0;
    if (left >= 0) continue;
    const delayMs =
      fault === 'delay' ? Math.ceil(plan.delayMs * chance(plan.seed, endpoint, n, fault)) : 0;
    return { endpoint, n, fault, delayMs };
  }
  return undefined;
}

function countCall(w: World, endpoint: string): number {
  const row = w.db.get<{ n: number }>(
    `insert into planned_calls values (?, 1)
     on conflict (endpoint) do update set n = n + 1 returning n`,
    endpoint,
  );
  return row?.n ?? 1;
}

function recordStrike(w: World, strike: Strike, { id }: StripeRequest): void {
  w.db.run(
    `insert into strikes (at, clock, endpoint, n, fault, delay_ms, request_id)
     values (?, ?, ?, ?, ?, ?, ?)`,
    Date.now(),
    w.clock.now(),
    strike.endpoint,
    strike.n,
    strike.fault,
    strike.delayMs,
    id,
  );
}
