import { expect } from 'vitest';
import { createStripe } from '../../activities/stripe/client.ts';
import { readContract } from './docs/contract.ts';
import { createTestApp, keys } from './plumbing.ts';

type TestApp = Awaited<ReturnType<typeof createTestApp>>;

/** An answer with its body parsed. */
export type Answered = { status: number; headers: Headers; body: Record<string, unknown> };

type PostOptions = {
  key?: string | null;
  method?: 'POST' | 'PATCH';
  as?: keyof typeof keys;
  headers?: Record<string, string>;
};

/** `platformCountry` is null before a worker has started. */
type ApiOptions = { stripeAt?: string; stripeKey?: string; platformCountry?: string | null };

/** The API as its callers use it, with no port: every answer is held against the description. */
export async function startApi({
  stripeAt = 'http://127.0.0.1:9',
  stripeKey = 'sk_test_sandbox',
  platformCountry = 'US',
}: ApiOptions = {}) {
  const { app, db, lines, woken } = await createTestApp(
    {
      stripe: { webhookSecrets: ['whsec_test'], livemode: false },
      stripeClient: createStripe({ secretKey: stripeKey, apiBase: stripeAt }),
    },
    platformCountry,
  );
  const { get, send, post, patch } = await callerOf({ app });

  /** A seller by the API; `status` as its workflow would have made it. */
  async function makeSeller(change: { status?: 'active' | 'closed'; account?: string } = {}) {
    const { body } = await post('/v1/sellers', { email: 'ada@shop.example', country: 'DE' });
    const id = String(body['id']) as `sel_${string}`;
    const { status, account } = change;
    if (status) {
      const stripe_account = (account ?? `acct_${id.slice(4)}`) as `acct_${string}`;
      await db
        .updateTable('sellers')
        .set({ status, stripe_account })
        .where('id', '=', id)
        .execute();
    }
    await db.deleteFrom('wake_ups').execute();
    return id;
  }

  const wakeUps = () => db.selectFrom('wake_ups').select(['workflow_id', 'topics']).execute();

  return { app, db, get, post, patch, send, makeSeller, wakeUps, lines, woken };
}

/** The API as `startApi` makes it. */
export type TestApi = Awaited<ReturnType<typeof startApi>>;

/** Sends requests with keys of their own, and holds every answer against the description. */
async function callerOf({ app }: Pick<TestApp, 'app'>) {
  const faultsIn = readContract(await (await app.request('/openapi.json')).json());
  let posts = 0;

  async function ask(path: string, init: RequestInit): Promise<Answered> {
    const request = new Request(`http://api.test${path}`, init);
    const response = await app.request(request);
    const body: Answered['body'] = JSON.parse((await response.text()) || '{}');
    expect(faultsIn(request, response, body)).toEqual([]);
    return { status: response.status, headers: response.headers, body };
  }
  async function get(path: string, as: keyof typeof keys = 'admin'): Promise<Answered> {
    return ask(path, { headers: { authorization: `Bearer ${keys[as]}` } });
  }
  async function send(path: string, body: string, options: PostOptions = {}): Promise<Answered> {
    const { key = `test-${(posts += 1)}`, as = 'admin', method = 'POST' } = options;
    const headers = {
      authorization: `Bearer ${keys[as]}`,
      'content-type': 'application/json',
      ...(key !== null && { 'idempotency-key': key }),
      ...options.headers,
    };
    return ask(path, { method, body, headers });
  }
  const post = (path: string, body: unknown, options?: PostOptions) =>
    send(path, JSON.stringify(body), options);
  const patch = (path: string, body: unknown, options?: PostOptions) =>
    post(path, body, { ...options, method: 'PATCH' });
  return { get, send, post, patch };
}
