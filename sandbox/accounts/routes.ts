import type { DueHandlers } from '../core/due.ts';
import type { Route } from '../http/routes.ts';
import { finishReview, passDeadline } from './change.ts';
import { externalAccountRoutes } from './external-accounts.ts';
import { accountV1Routes } from './v1-routes.ts';
import { accountV2Routes } from './v2-routes.ts';

/** Everything about accounts except links to hosted pages. */
export const accountRoutes: Route[] = [
  ...accountV1Routes,
  ...accountV2Routes,
  ...externalAccountRoutes,
];

/** What happens to accounts when its time comes. */
export const accountDue: DueHandlers = { review: finishReview, deadline: passDeadline };
