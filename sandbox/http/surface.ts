import { createHolds } from './holds.ts';
import type { Holds } from './holds.ts';
import { createFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import { openPlan } from './plan.ts';
import type { Plan } from './plan.ts';
import { createLimits } from './limits.ts';
import type { Limits } from './limits.ts';
import { routeTable } from './routes.ts';
import type { Match, Route } from './routes.ts';
import type { DueHandlers } from '../core/due.ts';
import type { World } from '../core/world.ts';

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
