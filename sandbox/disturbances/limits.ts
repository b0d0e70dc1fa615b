import { StripeFault } from '../core/errors.ts';
import { endpointOf } from '../http/paths.ts';

/** Stripe's budgets in real seconds, or none. */
export type LimitSettings = {
  mode: 'off' | 'live' | 'sandbox';
  globalPerSecond: number;
  /** Requests of the whole platform that are open at once. */
  globalAtOnce: number;
  endpointPerSecond: number;
  payoutsPerSecond: number;
  payoutsAtOnce: number;
  accountsPerSecond: number;
  /** Changes of one object. */
  objectPerHour: number;
};

/** What a test asks for; what it does not name is as Stripe has it in that mode. */
export type LimitWish = { [K in keyof LimitSettings]?: LimitSettings[K] | undefined };

/** Stripe's request budgets. */
export type Limits = {
  settings(): LimitSettings;
  set(wish: LimitWish): void;
  /** Takes a place for a request, or returns the refusal. The caller releases the place. */
  admit(method: string, path: string): StripeFault | undefined;
  leave(method: string, path: string): void;
};

// Stripe publishes no number of requests open at once; one second's worth is assumed. What it says
// of one PaymentIntent, 1000 changes an hour, is taken for every object.
const live = {
  globalPerSecond: 100,
  globalAtOnce: 100,
  endpointPerSecond: 25,
  payoutsPerSecond: 15,
  payoutsAtOnce: 30,
  accountsPerSecond: 30,
  objectPerHour: 1_000,
};
const budgets = {
  off: live,
  live,
  sandbox: { ...live, globalPerSecond: 25, globalAtOnce: 25, accountsPerSecond: 5 },
};

/** Makes the limits of one running sandbox, off until switched on. */
export function createLimits(): Limits {
  let settings: LimitSettings = { mode: 'off', ...live };
  let buckets: Buckets = new Map();
  let payoutsOpen = 0;
  let open = 0;
  const isPayout = (method: string, path: string) => method === 'POST' && path === '/v1/payouts';
  return {
    settings: () => settings,
    set(wish) {
      const named = Object.entries(wish).filter(([, value]) => value !== undefined);
      const mode = wish.mode ?? (named.length > 0 ? 'live' : 'off');
      settings = { mode, ...budgets[mode], ...Object.fromEntries(named) };
      buckets = new Map();
    },
    admit(method, path) {
      const refused = settings.mode === 'off' ? undefined : spend(method, path);
      if (refused) return refused;
      open += 1;
      if (isPayout(method, path)) payoutsOpen += 1;
      return undefined;
    },
    leave(method, path) {
      open -= 1;
      if (isPayout(method, path)) payoutsOpen -= 1;
    },
  };

  function spend(method: string, path: string): StripeFault | undefined {
    const endpoint = endpointOf({ method, path });
    if (isPayout(method, path) && payoutsOpen >= settings.payoutsAtOnce) {
      return tooMany('endpoint-concurrency');
    }
    if (open >= settings.globalAtOnce) return tooMany('global-concurrency');
    const object = `${method} ${path}`;
    if (method === 'POST' && object !== endpoint) {
      const { objectPerHour } = settings;
      if (!take(buckets, object, objectPerHour / 3600, objectPerHour)) {
        return tooMany('resource-specific');
      }
    }
    if (!take(buckets, endpoint, endpointRate(settings, endpoint))) return tooMany('endpoint-rate');
    if (!take(buckets, 'global', settings.globalPerSecond)) return tooMany('global-rate');
    return undefined;
  }
}

type Buckets = Map<string, { tokens: number; at: number }>;

function endpointRate(settings: LimitSettings, endpoint: string): number {
  if (endpoint === 'POST /v1/payouts') return settings.payoutsPerSecond;
  if (endpoint === 'POST /v2/core/accounts') return settings.accountsPerSecond;
  return settings.endpointPerSecond;
}

function take(buckets: Buckets, name: string, rate: number, most = rate): boolean {
  const now = performance.now();
  const bucket = buckets.get(name) ?? { tokens: most, at: now };
  bucket.tokens = Math.min(most, bucket.tokens + ((now - bucket.at) / 1000) * rate);
  bucket.at = now;
  buckets.set(name, bucket);
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

function tooMany(reason: string): StripeFault {
  const message =
    'Request rate limit exceeded. Learn more about rate limits here ' +
    'https://stripe.com/docs/rate-limits.';
  const body = { type: 'invalid_request_error', code: 'rate_limit', message };
  return new StripeFault(429, body, false, { 'Stripe-Rate-Limited-Reason': reason });
}
