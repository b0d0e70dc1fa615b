import { accountLeftCode } from './accounts.ts';

/** What is known about a request that Stripe did not carry out, without personal data. */
export type Denial = {
  statusCode: number | null;
  code: string | null;
  /** The network's error if no answer arrived. `connect`: no connection was made. */
  network: string | null;
};

/**
 * The answers after which a request certainly did nothing. Each turned the request away before
 * Stripe began to work on it, so Stripe stored no answer under its key.
 */
export const denials = [
  { statusCode: 401, source: 'docs.stripe.com/error-low-level#idempotency, 2026-09' },
  { statusCode: 429, source: 'docs.stripe.com/rate-limits, 2026-10' },
  { code: 'lock_timeout', source: 'docs.stripe.com/rate-limits#object-lock-timeouts, 2026-10' },
  { network: 'ECONNREFUSED', source: 'connect(2): nothing was sent' },
  { network: 'ENOTFOUND', source: 'getaddrinfo(3): the host is unknown, nothing was sent' },
  { network: 'EAI_AGAIN', source: 'getaddrinfo(3): no name server answers, nothing was sent' },
  { network: 'connect', source: 'connect(2): no connection was made, nothing was sent' },
] as const satisfies (Partial<Denial> & { source: string })[];

/**
 * True if a request with this answer certainly did nothing. A replayed answer was stored before.
 */
export function isDenial(answer: Denial): boolean {
  return denials.some(({ statusCode, code, network }: Partial<Denial>) => {
    if (statusCode !== undefined) return answer.statusCode === statusCode;
    return code === undefined ? answer.network === network : answer.code === code;
  });
}

/**
 * True for a 403 that a permission of the key changes (docs.stripe.com/keys#limit-access, 2026-09).
 * It is a refusal: on a first try, nothing was done.
 */
export function lacksPermission({ statusCode, code }: Omit<Denial, 'network'>): boolean {
  return statusCode === 403 && code !== accountLeftCode;
}

/** The reasons to wait for Stripe: an answer, or a key that Stripe accepts. */
export const stripeWaitNames = { answer: 'stripe-answer', key: 'stripe-key' } as const;
export type StripeWait = (typeof stripeWaitNames)[keyof typeof stripeWaitNames];

/** What a request waits for after an answer with this status, or without an answer. */
export function waitOfPutOff(statusCode: number | null): StripeWait {
  const isOfKey = statusCode === 401 || statusCode === 403;
  return isOfKey ? stripeWaitNames.key : stripeWaitNames.answer;
}

/** The rows of `waits` about requests that Stripe has not carried out. */
export const stripeWaits = {
  [stripeWaitNames.answer]: {
    ui: 'Stripe to answer',
    says: 'Stripe does not answer, or asks the engine to try later. The engine sends the request again with the same key, and no money moves meanwhile',
    actor: 'stripe',
    liftedBy: 'Stripe’s answer',
    followsError: true,
  },
  [stripeWaitNames.key]: {
    ui: 'a key that Stripe accepts',
    says: 'Stripe refuses the engine’s key, or the key lacks the permission for the request. The engine tries again by itself and sends nothing meanwhile',
    actor: 'operator',
    liftedBy: 'A key in STRIPE_SECRET_KEY that Stripe accepts and that has the permission',
    followsError: true,
  },
} as const;
