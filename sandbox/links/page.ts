import { type Context, Hono } from 'hono';
import { completeOnboarding, type Entered } from '../accounts/onboarding.ts';
import { findAccount, readAccount } from '../accounts/record.ts';
import type { World } from '../core/world.ts';
import { emitReturn } from '../events/emit.ts';
import type { AccountLink } from '../store/link-record.ts';
import { findRecord } from '../store/objects.ts';
import type { AccountRecord } from '../store/records.ts';
import { page, setupForm, wantedFields } from './html.ts';
import { openLink, useLink } from './routes.ts';

/** What the choices of the hosted page stand for, in Stripe's magic values. */
const outcomes: Record<string, Entered> = {
  verified: { birthDate: '1902-01-01', idNumber: '222222222' },
  review: { birthDate: '1901-01-01', idNumber: '000000000' },
  documents: { birthDate: '1902-01-01', idNumber: '111111111' },
  fails: { birthDate: '1900-01-01', idNumber: '000000000' },
};

const entered = [
  'givenName',
  'surname',
  'line1',
  'city',
  'state',
  'postalCode',
  'accountNumber',
  'routingNumber',
] as const;

/** The pages sellers see: onboarding behind a link, and a stand-in for the Express dashboard. */
export function hostedPages(w: World): Hono {
  const app = new Hono();
  app.get('/setup/:id', (c) => {
    const id = c.req.param('id');
    const link = openLink(w, id);
    if (!link) return refresh(w, c, id);
    const account = readAccount(w, link.account);
    const session = w.db.transaction(() => useLink(w, link));
    return c.html(setupForm(account, session), 200, safe);
  });
  app.post('/setup/:id', async (c) => {
    const link = findRecord(w, 'account_link', c.req.param('id'));
    const form = new URLSearchParams(await c.req.text());
    if (!link?.session || form.get('session') !== link.session) {
      return refresh(w, c, c.req.param('id'));
    }
    const account = readAccount(w, link.account);
    const trouble = form.get('action') === 'later' ? undefined : emptyFields(account, form);
    if (trouble !== undefined) {
      const again = setupForm(account, link.session, { typed: form, trouble });
      return c.html(again, 400, safe);
    }
    w.db.transaction(() => finish(w, link, form));
    if (link.return_url !== null) return c.redirect(link.return_url, 303);
    return c.html(page('Done', '<p>You can close this page.</p>'), 200, safe);
  });
  app.get('/express/:account/:token', (c) => {
    const account = findAccount(w, c.req.param('account'));
    const name = account ? account.id : 'nobody';
    return c.html(page('Express dashboard', `<p>The dashboard of ${name}.</p>`), 200, safe);
  });
  return app;
}

const safe = {
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
};

/** A link that is used, expired or unknown leads back to the platform for a new one. */
function refresh(w: World, c: Context, id: string): Response {
  const link = findRecord(w, 'account_link', id);
  if (link) return c.redirect(link.refresh_url, 303);
  return c.html(page('This link is not valid', '<p>Ask for a new one.</p>'), 404, safe);
}

/** Stripe's page says beside each field that it is needed; ours says it once. */
function emptyFields(account: AccountRecord, form: URLSearchParams): string | undefined {
  const empty = wantedFields(account).filter(({ name }) => !form.get(name)?.trim());
  if (empty.length === 0) return undefined;
  return `Please fill in: ${empty.map(({ label }) => label).join(', ')}.`;
}

function finish(w: World, { account, type }: AccountLink, form: URLSearchParams): void {
  if (form.get('action') !== 'later') {
    const typed = entered.map((name) => [name, form.get(name)?.trim() || undefined] as const);
    const outcome = outcomes[form.get('outcome') ?? 'verified'];
    completeOnboarding(w, account, { ...Object.fromEntries(typed), ...outcome });
  }
  emitReturn(w, account, type);
}
