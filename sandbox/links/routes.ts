import { randomBytes } from 'node:crypto';
import { readAccount } from '../accounts/record.ts';
import { invalid, refusal } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { type Field, hash, oneOf, required, text } from '../core/params.ts';
import { platformId, type World } from '../core/world.ts';
import { platform, v2 } from '../http/routes.ts';
import type { AccountLink } from '../store/link-record.ts';
import { findRecord, insertRecord, saveRecord } from '../store/objects.ts';
import type { AccountRecord } from '../store/records.ts';
import { componentsField, componentsOf } from './components.ts';

/** A link serves one visit within this time of the sandbox's clock. */
const lifetimeSeconds = 5 * 60;

const collection = {
  fields: oneOf('currently_due', 'eventually_due'),
  future_requirements: oneOf('include', 'omit'),
};
const flow = hash({
  collection_options: hash(collection),
  refresh_url: required(webAddress()),
  return_url: webAddress(),
});
const flowTypes = required(oneOf('account_onboarding', 'account_update'));

/** Links to hosted pages: onboarding, and the Express dashboard. */
export const linkRoutes = [
  platform(
    'POST /v1/account_links',
    {
      account: required(text()),
      collect: oneOf('currently_due', 'eventually_due'),
      collection_options: hash(collection),
      refresh_url: required(webAddress()),
      return_url: required(webAddress()),
      type: flowTypes,
    },
    ({ w }, params) => {
      const { account, type, refresh_url: refreshUrl, return_url: returnUrl } = params;
      const link = addLink(w, account, { type, refreshUrl, returnUrl });
      const { created, expires_at } = link;
      return { object: 'account_link', created, expires_at, url: urlOf(w, link) };
    },
  ),
  v2(
    'POST /v2/core/account_links',
    {
      account: required(text()),
      use_case: required(hash({ type: flowTypes, account_onboarding: flow, account_update: flow })),
    },
    ({ w }, { account, use_case: useCase }) => {
      const { type } = useCase;
      const options = useCase[type];
      if (!options) {
        const param = `use_case.${type}`;
        throw invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
      }
      const { refresh_url: refreshUrl, return_url: returnUrl } = options;
      const link = addLink(w, account, { type, refreshUrl, returnUrl });
      return {
        object: 'v2.core.account_link',
        account,
        created: isoOf(link.created),
        expires_at: isoOf(link.expires_at),
        livemode: false,
        url: urlOf(w, link),
        use_case: { type, [type]: options },
      };
    },
  ),
  platform('POST /v1/accounts/:id/login_links', {}, ({ w, id }) => {
    const account = readAccount(w, id);
    if (account.dashboard !== 'express') {
      throw refusal(
        'Cannot create a login link for an account that is not an Express Dashboard account.',
      );
    }
    const url = `${w.baseUrl}/express/${id}/${token()}`;
    return { object: 'login_link', created: w.clock.seconds(), url };
  }),
  platform(
    'POST /v1/account_sessions',
    { account: required(text()), components: required(componentsField) },
    ({ w }, { account, components }) => {
      readOpen(w, account);
      return {
        object: 'account_session',
        account,
        client_secret: `accs_secret__${token()}`,
        components: componentsOf(components),
        expires_at: w.clock.seconds() + 3600,
        livemode: false,
      };
    },
  ),
];

/** Finds the link of a hosted page that may still be opened. */
export function openLink(w: World, id: string): AccountLink | undefined {
  const link = findRecord(w, 'account_link', id);
  return link && !link.used && link.expires_at > w.clock.seconds() ? link : undefined;
}

/** Uses a link up; the visit it allows is known by its session from now on. */
export function useLink(w: World, link: AccountLink): string {
  const session = token();
  saveRecord(w, { ...link, used: true, session });
  return session;
}

type Wanted = Pick<AccountLink, 'type'> & { refreshUrl: string; returnUrl: string | undefined };

function addLink(
  w: World,
  accountId: string,
  { type, refreshUrl, returnUrl }: Wanted,
): AccountLink {
  const account = readOpen(w, accountId);
  if (type === 'account_update' && account.dashboard !== 'none') {
    throw refusal(
      'You cannot create account_update type Account Links for this account. Only accounts whose ' +
        'requirements your platform collects, with no Stripe dashboard, support it.',
      { param: 'type' },
    );
  }
  const created = w.clock.seconds();
  const link: AccountLink = {
    id: newId('link', 32),
    account: accountId,
    type,
    created,
    expires_at: created + lifetimeSeconds,
    refresh_url: refreshUrl,
    return_url: returnUrl ?? null,
    used: false,
    session: null,
  };
  insertRecord(w, 'account_link', accountId, link);
  return link;
}

function readOpen(w: World, id: string): AccountRecord {
  const account = readAccount(w, id);
  if (!account.closed && id !== platformId) return account;
  throw refusal(`The account ${id} cannot be onboarded.`, { code: 'account_invalid' });
}

function webAddress(): Field<string | undefined> {
  return {
    read(value, name) {
      const url = text().read(value, name) ?? '';
      if (/^https?:\/\//.test(url) && URL.canParse(url)) return url;
      throw invalid('Not a valid URL', { code: 'url_invalid', param: name });
    },
  };
}

function urlOf(w: World, { id }: AccountLink): string {
  return `${w.baseUrl}/setup/${id}`;
}

function token(): string {
  return randomBytes(24).toString('hex');
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
