import { v1, platform } from '../http/routes.ts';
import type { Route } from '../http/routes.ts';
import { readAccount } from './record.ts';
import { accountView } from './v1-view.ts';

/** The v1 view of accounts: whose key this is, and any account of the platform. */
export const accountV1Routes: Route[] = [
  v1('GET /v1/account', {}, ({ w, account }) => accountView(w, readAccount(w, account))),
  platform('GET /v1/accounts/:id', {}, ({ w, id }) => accountView(w, readAccount(w, id))),
];
