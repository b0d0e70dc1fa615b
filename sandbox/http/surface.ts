import type { DueHandlers } from '../core/due.ts';
import type { World } from '../core/world.ts';
import { createFaults, type Faults } from '../disturbances/faults.ts';
import { createHolds, type Holds } from '../disturbances/holds.ts';
import { createLimits, type Limits } from '../disturbances/limits.ts';
import { openPlan, type Plan } from '../disturbances/plan.ts';
import { type Match, type Route, routeTable } from './routes.ts';

/** The Stripe API of a running sandbox: its state and its disturbances. */
export type Surface = {
  w: World;
  find: (method: string, path: string) => Match | undefined;
  due: DueHandlers;
  holds: Holds;
  faults: Faults;
  plan: Plan;
  limits: Limits;
  /** The keys whose first request is still running. */
  inFlight: Set<string>;
  /** When answers were written, by request id, until the log records it. */
  finished: Map<string, number>;
};

/** Creates the Stripe API of a sandbox. */
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
