import { Stripe } from 'stripe';
import type { StripeAccountId } from '../../domain/ids.ts';

/**
 * The client for Stripe, or for the sandbox at `apiBase`. It never retries: the attempt's row
 * decides whether a request may be sent again, and each try waits for a slot.
 */
export function createStripe(settings: {
  secretKey: string;
  apiBase?: string | undefined;
  timeoutMs?: number;
}): Stripe {
  const base = settings.apiBase === undefined ? undefined : new URL(settings.apiBase);
  return new Stripe(settings.secretKey, {
    maxNetworkRetries: 0,
    httpClient: createOneTryClient(),
    timeout: settings.timeoutMs ?? 60_000,
    telemetry: false,
    appInfo: { name: 'payout-engine' },
    ...(base && {
      host: base.hostname,
      port: Number(base.port),
      protocol: base.protocol === 'https:' ? 'https' : 'http',
    }),
  });
}

/**
 * The SDK's own client with one difference. After a broken connection, the SDK sends the request
 * once more even with `maxNetworkRetries: 0` (stripe-node, RequestSender._shouldRetry), without our
 * check of the attempt and without a slot. The SDK does not retry an error without a code, so this
 * client removes the code.
 */
function createOneTryClient(): ReturnType<typeof Stripe.createNodeHttpClient> {
  const client = Stripe.createNodeHttpClient();
  const makeRequest = client.makeRequest.bind(client);
  client.makeRequest = async (...request) => {
    try {
      return await makeRequest(...request);
    } catch (error) {
      if (!isBroken(error)) throw error;
      throw new Error('the connection broke', { cause: error });
    }
  };
  return client;
}

function isBroken(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ECONNRESET' || error.code === 'EPIPE')
  );
}

/**
 * The version of Stripe's API that this build uses. An attempt keeps the version that it was
 * created with.
 */
export const stripeApiVersion = Stripe.API_VERSION;

/**
 * The options of every call for a seller. Without an account, the call would act on the platform's
 * money.
 */
export function actingFor(account: StripeAccountId): { stripeAccount: StripeAccountId } {
  if (!account.startsWith('acct_')) throw new Error('a call for a seller needs its account');
  return { stripeAccount: account };
}
