import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MoneySandbox, startMoneySandbox } from '../money/stage.ts';

const returnUrl = 'https://platform.example/return';
const refreshUrl = 'https://platform.example/refresh';
let sandbox: MoneySandbox;

beforeAll(async () => {
  sandbox = await startMoneySandbox();
});
afterAll(() => sandbox.close());

async function linkFor(account: string): Promise<string> {
  const { url } = await sandbox.stripe.v2.core.accountLinks.create({
    account,
    use_case: {
      type: 'account_onboarding',
      account_onboarding: { refresh_url: refreshUrl, return_url: returnUrl },
    },
  });
  return url;
}

/**
 * Opens the page and sends its form as a browser does: every field as filled in, but the choice.
 */
async function submit(url: string, choice: Record<string, string>): Promise<Response> {
  return send(url, await (await fetch(url)).text(), choice);
}

async function send(url: string, html: string, choice: Record<string, string>): Promise<Response> {
  const fields = html.matchAll(/<input (?:type="hidden" )?name="(\w+)" value="([^"]*)"/g);
  const form = [...fields].map(([, name = '', value = '']): [string, string] => [name, value]);
  const body = new URLSearchParams({ ...Object.fromEntries(form), ...choice });
  return fetch(url, { method: 'POST', body, redirect: 'manual' });
}

async function standing(id: string) {
  const account = await sandbox.stripe.v2.core.accounts.retrieve(id, {
    include: ['configuration.recipient', 'requirements'],
  });
  const { stripe_transfers: transfers, payouts } =
    account.configuration?.recipient?.capabilities?.stripe_balance ?? {};
  const due = account.requirements?.entries?.map((entry) => entry.description) ?? [];
  return { transfers: transfers?.status, payouts: payouts?.status, due };
}

describe('the hosted page', () => {
  test('needs nothing from outside and is filled in with what verifies', async () => {
    const html = await (await fetch(await linkFor(await sandbox.newcomer()))).text();
    expect(html).toContain('<form method="post">');
    expect(html).toContain('value="verified" checked');
    expect(html).not.toMatch(/(?:src|href)=/);
  });

  test.each<[string, object, string[]]>([
    // choice       leads to                                       still due
    ['verified', { transfers: 'active', payouts: 'active' }, []],
    ['review', { transfers: 'pending', payouts: 'pending' }, []],
    ['documents', { transfers: 'restricted' }, ['identity.individual.id_numbers']],
    ['fails', { transfers: 'rejected', payouts: 'rejected' }, []],
  ])('leads a seller who chooses %s to %j', async (outcome, expected, due) => {
    const id = await sandbox.newcomer();
    const answer = await submit(await linkFor(id), { outcome, action: 'submit' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(returnUrl);
    const now = await standing(id);
    expect(now).toMatchObject(expected);
    expect(now.due).toEqual(expect.arrayContaining(due));
    const { data } = await sandbox.stripe.v2.core.events.list({ object_id: id });
    expect(data[0]?.type).toBe('v2.core.account_link.returned');
  });

  test('says which fields are empty, keeps what was typed, and takes the form then', async () => {
    const id = await sandbox.newcomer();
    const url = await linkFor(id);
    const answer = await submit(url, {
      givenName: ' ',
      city: '',
      surname: 'Roe',
      action: 'submit',
    });
    expect(answer.status).toBe(400);
    const html = await answer.text();
    expect(html).toContain('<p role="alert">Please fill in: First name, City.</p>');
    expect(html).toContain('name="surname" value="Roe"');
    expect((await standing(id)).transfers).toBe('restricted');
    const again = await send(url, html, { givenName: 'Jane', city: 'Reno', action: 'submit' });
    expect(again.status).toBe(303);
    expect((await standing(id)).transfers).toBe('active');
  });

  test.each([
    ['de', 'Berlin', 'DE62370400440532013001'],
    ['gb', 'London', '11111116'],
    ['us', 'San Francisco', '000111111116'],
  ])('knows a city and a failing bank account in %s: %s, %s', async (country, city, number) => {
    const id = await sandbox.newcomer(country);
    const url = await linkFor(id);
    const html = await (await fetch(url)).text();
    expect(html).toContain(`name="city" value="${city}"`);
    expect(html).toContain(`<option value="${number}">Payouts fail: no such account`);
  });

  test('takes a seller back who saves for later, and nothing is entered', async () => {
    const id = await sandbox.newcomer();
    const before = await standing(id);
    const answer = await submit(await linkFor(id), { action: 'later' });
    expect(answer.headers.get('location')).toBe(returnUrl);
    expect(await standing(id)).toEqual(before);
  });

  test('keeps the bank account that was chosen, and payouts to it fail', async () => {
    const id = await sandbox.newcomer();
    const accountNumber = '000111111113';
    await submit(await linkFor(id), { outcome: 'verified', accountNumber });
    const { data } = await sandbox.stripe.accounts.listExternalAccounts(id);
    expect(data).toMatchObject([{ last4: '1113', status: 'new' }]);
  });
});

describe('a link', () => {
  test('is good for one visit; then it leads back for a new one', async () => {
    const url = await linkFor(await sandbox.newcomer());
    expect((await fetch(url)).status).toBe(200);
    const second = await fetch(url, { redirect: 'manual' });
    expect(second.headers.get('location')).toBe(refreshUrl);
  });

  test('takes no form but that of its one visit', async () => {
    const id = await sandbox.newcomer();
    const url = await linkFor(id);
    await fetch(url);
    const body = new URLSearchParams({ outcome: 'verified', session: 'guessed' });
    const answer = await fetch(url, { method: 'POST', body, redirect: 'manual' });
    expect(answer.headers.get('location')).toBe(refreshUrl);
    expect((await standing(id)).transfers).toBe('restricted');
  });

  test('expires five minutes after it was made', async () => {
    const account = await sandbox.newcomer();
    const link = await sandbox.stripe.accountLinks.create({
      account,
      type: 'account_onboarding',
      refresh_url: refreshUrl,
      return_url: returnUrl,
    });
    expect(link.expires_at - link.created).toBe(300);
    await sandbox.moveTo((await sandbox.now()) + 301_000);
    const late = await fetch(link.url, { redirect: 'manual' });
    expect(late.headers.get('location')).toBe(refreshUrl);
  });

  test('for an update is refused where Stripe shows the seller a dashboard', async () => {
    const { id } = await sandbox.stripe.v2.core.accounts.create({
      dashboard: 'express',
      identity: { country: 'us' },
    });
    const request = sandbox.stripe.accountLinks.create({
      account: id,
      type: 'account_update',
      refresh_url: refreshUrl,
      return_url: returnUrl,
    });
    await expect(request).rejects.toMatchObject({ statusCode: 400, param: 'type' });
  });

  test('to the dashboard is for Express accounts', async () => {
    const { id } = await sandbox.stripe.v2.core.accounts.create({
      dashboard: 'express',
      identity: { country: 'us' },
    });
    const { url } = await sandbox.stripe.accounts.createLoginLink(id);
    expect((await fetch(url)).status).toBe(200);
    const other = sandbox.stripe.accounts.createLoginLink(await sandbox.newcomer());
    await expect(other).rejects.toMatchObject({ statusCode: 400 });
  });
});

test('an account session opens the components asked for', async () => {
  const session = await sandbox.stripe.accountSessions.create({
    account: await sandbox.newcomer(),
    components: { payouts: { enabled: true } },
  });
  expect(session.client_secret).toMatch(/^accs_secret__/);
  expect(session.components.payouts.enabled).toBe(true);
});
