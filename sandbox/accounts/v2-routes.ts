import { allTotals } from '../books/balance.ts';
import { currencyOfCountry } from '../books/countries.ts';
import { invalid, refusal } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { mergeMetadata } from '../core/metadata.ts';
import { flag, integer, listOf, oneOf, type Parsed, text } from '../core/params.ts';
import { platformId, type World } from '../core/world.ts';
import { emitThin } from '../events/emit.ts';
import { v2 } from '../http/routes.ts';
import { readV2Page, v2Answer } from '../http/v2-lists.ts';
import { insertRecord } from '../store/objects.ts';
import type { AccountRecord } from '../store/records.ts';
import { applyStanding, changeAccount } from './change.ts';
import { countryOf, newAccountSettings, readAccount } from './record.ts';
import { accountShape, merge } from './v2-shapes.ts';
import { accountV2View, includable } from './v2-view.ts';

type Params = Parsed<typeof accountShape>;

const configurations = listOf(oneOf('customer', 'merchant', 'recipient'));

/** `/v2/core/accounts`. */
export const accountV2Routes = [
  v2('POST /v2/core/accounts', accountShape, ({ w }, params) => createAccount(w, params)),
  v2(
    'GET /v2/core/accounts',
    { applied_configurations: configurations, closed: flag(), limit: integer(), page: text() },
    ({ w }, params) => {
      const { rows, next } = readV2Page(w, {
        table: 'objects',
        clauses: [
          "kind = 'account'",
          `id <> '${platformId}'`,
          `json_extract(body, '$.closed') = ${params.closed ? 1 : 0}`,
        ],
        page: params,
      });
      const data = rows.map((row) => accountV2View(JSON.parse(row.body) as AccountRecord));
      return v2Answer('/v2/core/accounts', data, params.limit, next);
    },
  ),
  v2('GET /v2/core/accounts/:id', { include: listOf(oneOf(...includable)) }, ({ w, id }, params) =>
    accountV2View(readAccount(w, id), params.include),
  ),
  v2('POST /v2/core/accounts/:id', accountShape, ({ w, id }, params) => {
    refuseClosed(readAccount(w, id));
    const account = changeAccount(w, id, (draft) => applyParams(draft, params));
    return accountV2View(account, params.include);
  }),
  v2('POST /v2/core/accounts/:id/close', { applied_configurations: configurations }, ({ w, id }) =>
    accountV2View(closeAccount(w, id)),
  ),
];

function createAccount(w: World, params: Params): JsonObject {
  const account = newAccount(w, params);
  applyParams(account, params);
  if (!account.defaults.currency) account.defaults.currency = currencyOfCountry(countryOf(account));
  refuseImpossible(account);
  applyStanding(w, account, false);
  insertRecord(w, 'account', platformId, account);
  emitThin(w, 'v2.core.account.created', { accountId: account.id });
  return accountV2View(account, params.include);
}

function newAccount(w: World, params: Params): AccountRecord {
  const restricted = { status: 'restricted' as const, status_details: [] };
  return {
    id: newId('acct', 16),
    created: new Date(w.clock.now()).toISOString(),
    dashboard: params.dashboard ?? 'none',
    metadata: {},
    closed: false,
    identity: {},
    defaults: { currency: '', responsibilities: {} },
    internal: {
      recipient: false,
      transfersRequested: false,
      stripeTransfers: restricted,
      payouts: restricted,
      entries: [],
      reviewing: false,
      deauthorized: false,
      rejected: false,
      payoutsPaused: false,
      serviceAgreement: 'full',
      settings: newAccountSettings,
    },
  };
}

function applyParams(account: AccountRecord, params: Params): void {
  const { contact_email, contact_phone, dashboard, display_name } = params;
  if (contact_email !== undefined) account.contact_email = contact_email;
  if (contact_phone !== undefined) account.contact_phone = contact_phone;
  if (display_name !== undefined) account.display_name = display_name ?? undefined;
  if (dashboard !== undefined) account.dashboard = dashboard;
  account.metadata = mergeMetadata(account.metadata, params.metadata);
  account.identity = merge(account.identity, params.identity ?? {});
  const { demands = [] } = account.internal;
  account.internal.demands = demands.filter(({ description }) => !isGiven(params, description));
  const defaults = merge(account.defaults, params.defaults ?? {});
  account.defaults = defaults as AccountRecord['defaults'];
  const recipient = params.configuration?.recipient;
  if (!recipient) return;
  account.internal.recipient = recipient.applied ?? true;
  const transfers = recipient.capabilities?.stripe_balance?.stripe_transfers?.requested;
  if (transfers !== undefined) account.internal.transfersRequested = transfers;
}

/** True if a change contains the field at this path. */
function isGiven(params: Params, path: string): boolean {
  const steps = path.split('.');
  const found = steps.reduce<Json | undefined>(
    (node, step) => (isObject(node) ? node[step] : undefined),
    params as JsonObject,
  );
  return found !== undefined;
}

function refuseImpossible(account: AccountRecord): void {
  const { losses_collector: losses } = account.defaults.responsibilities;
  if (account.dashboard === 'express' && losses === 'stripe') {
    throw invalid("Express dashboard accounts can't have losses collected by Stripe.", {
      param: 'defaults.responsibilities.losses_collector',
    });
  }
  if (account.internal.recipient && account.identity['country'] === undefined) {
    throw invalid('identity.country is required for the recipient configuration.', {
      code: 'parameter_missing',
      param: 'identity.country',
    });
  }
}

function closeAccount(w: World, id: string): AccountRecord {
  refuseClosed(readAccount(w, id));
  const open = allTotals(w, id).some((total) => total.available !== 0 || total.pending !== 0);
  if (open) throw refusal('This account cannot be closed while its balance is not zero.');
  const account = changeAccount(w, id, (draft) => (draft.closed = true));
  emitThin(w, 'v2.core.account.closed', { accountId: id });
  return account;
}

function refuseClosed(account: AccountRecord): void {
  if (!account.closed) return;
  throw refusal(`The account ${account.id} has been closed.`, { code: 'account_closed' });
}
