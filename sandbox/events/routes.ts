import type { Route } from '../http/routes.ts';
import { destinationRoutes } from './destination-routes.ts';
import { endpointRoutes } from './endpoint-routes.ts';
import { v1EventRoutes } from './v1-events.ts';
import { v2EventRoutes } from './v2-events.ts';

/** Everything about events and where they are delivered to. */
export const eventRoutes: Route[] = [
  ...v1EventRoutes,
  ...v2EventRoutes,
  ...endpointRoutes,
  ...destinationRoutes,
];
