import { StripeFault } from '../core/errors.ts';

/** Which of Stripe's budgets apply. */
export type LimitMode = 'off' | 'live' | 'sandbox';

/** Stripe's request budgets, in real seconds. */
export type Limits = {
  mode(): LimitMode;
  setMode(mode: LimitMode): void;
  /** Takes a place for a request, or says why there is none. The caller gives it back. */
  admit(method: string, path: string): StripeFault | undefined;
  leave(method: string, path: string): void;
};

const globalPerSecond = { live: 100, sandbox: 25 };
const endpointPerSecond = { live: 25, sandbox: 25 };
const payoutsPerSecond = 15;
const payoutsAtOnce = 30;
const accountsPerSecond = { live: 30, sandbox: 5 };

/** Makes the limits of one running sandbox, off until switched on. */
export function createLimits(): Limits {
  let mode: LimitMode = 'off';
  let buckets = new Map<string, { tokens: number; at: number }>();
  let payoutsOpen = 0;
  const isPayout = (method: string, path: string) => method === 'POST' && path === '/v1/payouts';
  return {
    mode: () => mode,
    setMode(next) {
      mode = next;
      buckets = new Map();
    },
    admit(method, path) {
      if (mode !== 'off') {
        const endpoint = `${method} ${path.replaceAll(/\/[a-z]+_[A-Za-z0-9]+/g, '/:id')}`;
        if (isPayout(method, path) && payoutsOpen >= payoutsAtOnce) return tooMany('endpoint-concurrency');
        if (!take(buckets, endpoint, endpointRate(mode, endpoint))) return tooMany('endpoint-rate');
        if (!take(buckets, 'global', globalPerSecond[mode])) return tooMany('global-rate');
      }
      if (isPayout(method, path)) payoutsOpen += 1;
      return undefined;
    },
    leave(method, path) {
      if (isPayout(method, path)) payoutsOpen -= 1;
    },
  };
}

function endpointRate(mode: 'live' | 'sandbox', endpoint: string): number {
  if (endpoint === 'POST /v1/payouts') return payoutsPerSecond;
  if (endpoint === 'POST /v2/core/accounts') return accountsPerSecond[mode];
  return endpointPerSecond[mode];
}

function take(buckets: Map<string, { tokens: number; at: number }>, name: string, rate: number): boolean {
  const now = performance.now();
  const bucket = buckets.get(name) ?? { tokens: rate, at: now };
  bucket.tokens = Math.min(rate, bucket.tokens + ((now - bucket.at) / 1000) * rate);
  bucket.at = now;
  buckets.set(name, bucket);
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

function tooMany(reason: string): StripeFault {
  const message =
    'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.';
  const body = { type: 'invalid_request_error', code: 'rate_limit', message };
  return new StripeFault(429, body, false, { 'Stripe-Rate-Limited-Reason': reason });
}
