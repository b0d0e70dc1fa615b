import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type MoneySandbox, startMoneySandbox } from '../../sandbox/money/stage.ts';
import { startApi, type TestApi } from '../harness.ts';

let sandbox: MoneySandbox;
let api: TestApi;
let sellerId: string;
let account: string;
beforeAll(async () => {
  sandbox = await startMoneySandbox();
  api = await startApi({ stripeAt: sandbox.url });
  account = await openAccount();
  sellerId = await api.makeSeller({ status: 'active', account });
});
afterAll(() => sandbox.close());
beforeEach(() => api.lines.splice(0));

const urls = { returnUrl: 'https://shop.example/done', refreshUrl: 'https://shop.example/again' };
const noKey = { key: null };
const calls: [name: string, body: object][] = [
  ['onboarding-link', urls],
  ['login-link', {}],
  ['account-session', {}],
];

function ask(name: string, body: unknown, id = sellerId) {
  return api.post(`/v1/sellers/${id}/${name}`, body, noKey);
}

describe('a seller is sent to Stripe’s pages', () => {
  test('by an onboarding link that opens, asks for all that will be due, and leads back', async () => {
    const { status, body, headers } = await ask('onboarding-link', urls);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(Date.parse(String(body['expiresAt']))).toBeGreaterThan(Date.now());
    const page = await fetch(String(body['url']));
    expect(await page.text()).toContain('<form method="post">');
  });

  test('by a login link to the Express dashboard', async () => {
    const { status, body } = await ask('login-link', {});
    expect(status).toBe(200);
    expect(body).toEqual({ url: expect.stringContaining(account), expiresAt: null });
  });

  test('by a session in which the seller changes bank details and cannot pay out', async () => {
    const { status, body } = await ask('account-session', {});
    expect(status).toBe(200);
    expect(body).toMatchObject({
      stripeAccount: account,
      clientSecret: expect.stringMatching(/^accs_secret__/),
      components: expect.arrayContaining(['account_onboarding', 'payouts']),
    });
    expect(await lastSent('account_sessions')).toMatchObject({
      account,
      components: {
        payouts: {
          enabled: 'true',
          features: {
            external_account_collection: 'true',
            edit_payout_schedule: 'false',
            instant_payouts: 'false',
            standard_payouts: 'false',
          },
        },
      },
    });
  });

  test('with only the components that were asked for, each once', async () => {
    const { body } = await ask('account-session', { components: ['payouts', 'payouts'] });
    expect(body['components']).toEqual(['payouts']);
    const { components } = (await lastSent('account_sessions')) as { components: object };
    expect(Object.keys(components)).toEqual(['payouts']);
  });

  test('and what lets them in is neither stored nor logged, and new each time', async () => {
    const secrets: string[] = [];
    for (const [name, body] of [...calls, ...calls]) {
      const { body: answered } = await ask(name, body);
      secrets.push(String(answered['url'] ?? answered['clientSecret']));
    }
    expect(new Set(secrets).size).toBe(secrets.length);
    const stored = await api.db.selectFrom('commands').selectAll().execute();
    const kept = JSON.stringify([stored.map(({ answer }) => answer), api.lines]);
    for (const secret of secrets) {
      expect(kept).not.toContain(secret.split('/').at(-1));
    }
    expect(stored.map(({ kind }) => kind)).toEqual(stored.map(() => 'create-seller'));
  });
});

describe('a link or a session is refused', () => {
  test.each<[name: string, body: unknown, field: string, why: string]>([
    ['onboarding-link', {}, '/returnUrl', 'missing'],
    ['onboarding-link', { returnUrl: urls.returnUrl }, '/refreshUrl', 'missing'],
    ['onboarding-link', { ...urls, returnUrl: 'shop' }, '/returnUrl', 'no address'],
    ['onboarding-link', { ...urls, returnUrl: 'javascript:alert(1)' }, '/returnUrl', 'a script'],
    ['onboarding-link', { ...urls, refreshUrl: 'ftp://a.example' }, '/refreshUrl', 'not the web'],
    [
      'onboarding-link',
      { ...urls, returnUrl: `https://a.example/${'x'.repeat(2000)}` },
      '/returnUrl',
      'too long',
    ],
    ['onboarding-link', { ...urls, account: 'acct_1' }, '/account', 'unknown field'],
    ['login-link', { returnUrl: urls.returnUrl }, '/returnUrl', 'unknown field'],
    ['account-session', { components: [] }, '/components', 'none'],
    ['account-session', { components: ['issuing_card'] }, '/components/0', 'not of these'],
    ['account-session', { components: 'payouts' }, '/components', 'a text'],
  ])('%s with %j names %s: %s', async (name, body, field) => {
    const answered = await ask(name, body);
    expect([answered.status, answered.body['type']]).toEqual([400, '/problems/invalid-request']);
    const [first] = answered.body['errors'] as object[];
    expect(first).toMatchObject({ pointer: field, rule: expect.any(String) });
  });

  test.each(calls)('%s to a key that may only read', async (name, body) => {
    const path = `/v1/sellers/${sellerId}/${name}`;
    const answered = await api.post(path, body, { ...noKey, as: 'read' });
    expect(answered.status).toBe(403);
  });

  test.each(calls)(
    '%s while there is no account, for a closed seller, for nobody',
    async (name, body) => {
      const young = await ask(name, body, await api.makeSeller());
      expect([young.status, young.body['type']]).toEqual([409, '/problems/account-not-created']);
      const closed = await ask(name, body, await api.makeSeller({ status: 'closed' }));
      expect([closed.status, closed.body['type']]).toEqual([409, '/problems/seller-closed']);
      const nobody = await ask(name, body, 'sel_00000000000000000000');
      expect([nobody.status, nobody.body['type']]).toEqual([404, '/problems/unknown-seller']);
    },
  );

  test('by Stripe, with its code and request id and without its words', async () => {
    const id = await api.makeSeller({ status: 'active', account: 'acct_unknown00000001' });
    for (const [name, body] of calls) {
      const { status, body: problem } = await ask(name, body, id);
      expect([name, status, problem['type']]).toEqual([name, 409, '/problems/stripe-refused']);
      expect(problem['detail']).toMatch(/\(.+\)$/);
      expect(JSON.stringify(problem)).not.toContain('acct_unknown');
    }
    expect(api.lines.filter(({ event }) => event === 'stripe')).toHaveLength(3);
  });

  test.each<[string, object, RegExp]>([
    ['cannot be reached', { stripeAt: 'http://127.0.0.1:9' }, /^Try again/],
    ['does not take the key', { stripeKey: 'sk_test_other' }, /key/],
  ])('while Stripe %s, with a time to try again', async (_why, given, detail) => {
    const other = await startApi({ stripeAt: sandbox.url, ...given });
    const id = await other.makeSeller({ status: 'active', account });
    const answered = await other.post(`/v1/sellers/${id}/login-link`, {}, noKey);
    expect([answered.status, answered.body['type']]).toEqual([503, '/problems/stripe-unavailable']);
    expect(answered.body['detail']).toMatch(detail);
    expect(Number(answered.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

/** An account as the engine makes it, with nothing entered yet. */
async function openAccount(): Promise<string> {
  const { id } = await sandbox.stripe.v2.core.accounts.create({
    contact_email: 'ada@shop.example',
    dashboard: 'express',
    identity: { country: 'de', entity_type: 'individual' },
    configuration: {
      recipient: { capabilities: { stripe_balance: { stripe_transfers: { requested: true } } } },
    },
    defaults: {
      currency: 'eur',
      responsibilities: { fees_collector: 'application', losses_collector: 'application' },
    },
  });
  return id;
}

/** The last body that the sandbox got at this path. */
async function lastSent(path: string): Promise<unknown> {
  const { requests } = (await sandbox.ask('GET', `requests?path=/v1/${path}&limit=100`)) as {
    requests: { body: unknown }[];
  };
  return requests.at(-1)?.body;
}
