import type { DueHandlers } from '../core/due.ts';
import type { World } from '../core/world.ts';
import { createFaults, type Faults } from '../disturbances/faults.ts';
import { createHolds, type Holds } from '../disturbances/holds.ts';
import { createLimits, type Limits } from '../disturbances/limits.ts';
import { openPlan, type Plan } from '../disturbances/plan.ts';
import { type Match, type Route, routeTable } from './routes.ts';

/** A running sandbox's Stripe surface: what it knows and how it is being disturbed. */
export type Surface = {
  w: World;
  find: (method: string, path: string) => Match | undefined;
  due: DueHandlers;
  holds: Holds;
  faults: Faults;
  plan: Plan;
  limits: Limits;
  /** Keys whose first request is still running. */
  inFlight: Set<string>;
  /** When answers were written, by request id, until they are noted in the log. */
  finished: Map<string, number>;
};

/** Puts a surface together. */
export function createSurface(w: World, routes: Route[], due: DueHandlers): Surface {
  return {
    w,
    find: routeTable(routes),
    due,
    holds: createHolds(),
    faults: createFaults(),
    plan: openPlan(w),
    limits: createLimits(),
    inFlight: new Set(),
    finished: new Map(),
  };
}
