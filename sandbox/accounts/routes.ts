import type { DueHandlers } from '../core/due.ts';
import type { Route } from '../http/routes.ts';
import { finishReview, passDeadline } from './change.ts';
import { externalAccountRoutes } from './external-accounts.ts';
import { countryRoutes } from './country-specs.ts';
import { accountV1Routes } from './v1-routes.ts';
import { accountV2Routes } from './v2-routes.ts';

/** All routes of accounts except links to hosted pages. */
export const accountRoutes: Route[] = [
  ...accountV1Routes,
  ...countryRoutes,
  ...accountV2Routes,
  ...externalAccountRoutes,
];

/** The handlers of due items of accounts. */
export const accountDue: DueHandlers = { review: finishReview, deadline: passDeadline };
