import { z } from 'zod';
import { coolingHours } from './domain/accounts/bank.ts';
import { lateReturnDays } from './domain/payouts/late.ts';
import { budgetsOf } from './domain/stripe.ts';

const flag = z.enum(['0', '1']).transform((value) => value === '1');
const count = z.coerce.number().int().positive();
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/**
 * Every variable that the engine reads. An invalid value stops the start; the error names the
 * variable.
 */
const Environment = z.object({
  /** postgres:// URL of the engine's own database. */
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgres:// URL'),
  TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  /** Only for Temporal Cloud. */
  TEMPORAL_API_KEY: z.string().optional(),
  TEMPORAL_TLS: flag.default(false),
  STRIPE_SECRET_KEY: z.string().regex(/^(sk|rk)_(test|live)_/, 'must be a secret Stripe key'),
  /** The address of the sandbox. Not set if the engine uses Stripe itself. */
  STRIPE_API_BASE: z.url().optional(),
  /**
   * The signing secrets of all event destinations, separated by commas. A webhook may match any of
   * them.
   */
  STRIPE_WEBHOOK_SECRETS: list.default([]),
  /**
   * The full address under which Stripe reaches `/webhooks/stripe` of the API. The set-up registers
   * it.
   */
  WEBHOOK_URL: z
    .url()
    .transform((value) => new URL(value))
    .refine(({ pathname }) => pathname !== '/', 'must end with its path, such as /webhooks/stripe')
    .optional(),
  /** Without this, the engine does not start with a live key. */
  ALLOW_LIVE: flag.default(false),
  API_HOST: z.string().default('127.0.0.1'),
  API_PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  /** An admin key that the API accepts from its start, for the first caller. */
  ADMIN_API_KEY: z.string().min(20).optional(),
  /** A prebuilt workflow bundle. Without a bundle, the worker builds one when it starts. */
  WORKFLOW_BUNDLE: z.string().optional(),
  /**
   * The days for which a paid payout is watched for a late return (Stripe: up to 5 business days).
   */
  LATE_RETURN_DAYS: count.default(lateReturnDays),
  /**
   * The hours for which a bank account that replaces another bank account of the seller gets no
   * payout; 0 means no delay. A seller's first bank account has no delay.
   */
  BANK_COOLING_HOURS: z.coerce.number().int().min(0).max(720).default(coolingHours),
  /** Stripe's budgets. The defaults are the limits that Stripe documents for the kind of key. */
  STRIPE_REQUESTS_PER_SECOND: count.optional(),
  STRIPE_ENDPOINT_PER_SECOND: count.optional(),
  STRIPE_PAYOUTS_PER_SECOND: count.optional(),
  /** How many POST /v1/payouts this worker process sends at the same time. */
  STRIPE_PAYOUTS_AT_ONCE: count.optional(),
  /** Seconds between two passes of each job. */
  RELAY_SECONDS: count.default(60),
  SWEEP_SECONDS: count.default(60),
  REVIVE_SECONDS: count.default(60),
  ACCOUNTS_SECONDS: count.default(300),
  /**
   * How many accounts one pass reads again, the least recently read first. Each takes four
   * requests.
   */
  ACCOUNTS_A_PASS: count.default(100),
  RECONCILIATION_SECONDS: count.default(300),
  /** How many pages of the platform's books one pass reads, 100 lines each. */
  RECONCILIATION_PAGES: count.default(100),
  /**
   * The minutes for which Stripe's books and the ledger may differ before the difference counts as
   * a discrepancy.
   */
  RECONCILIATION_GRACE_MINUTES: count.default(60),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

/** The engine's settings, parsed once at start. */
export type Config = ReturnType<typeof readConfig>;

/**
 * Reads the settings. Throws one error that names each invalid variable and the rule that it
 * breaks.
 */
export function readConfig(environment: NodeJS.ProcessEnv) {
  const parsed = Environment.safeParse(withoutEmpty(environment));
  if (!parsed.success) throw new Error(`Settings are wrong:\n${z.prettifyError(parsed.error)}`);
  const value = parsed.data;
  const live = /_live_/.test(value.STRIPE_SECRET_KEY);
  if (live && !value.ALLOW_LIVE) throw new Error('A live Stripe key needs ALLOW_LIVE=1');
  if (live && value.STRIPE_API_BASE) throw new Error('The sandbox refuses a live Stripe key');
  if (value.WEBHOOK_URL && value.WEBHOOK_URL.protocol !== 'https:' && !value.STRIPE_API_BASE) {
    throw new Error('WEBHOOK_URL must be https://; only the sandbox delivers to anything else');
  }
  const limits = budgetsOf(live || value.STRIPE_API_BASE !== undefined ? 'live' : 'test');
  return {
    databaseUrl: value.DATABASE_URL,
    temporal: {
      address: value.TEMPORAL_ADDRESS,
      namespace: value.TEMPORAL_NAMESPACE,
      apiKey: value.TEMPORAL_API_KEY,
      tls: value.TEMPORAL_TLS,
    },
    stripe: {
      secretKey: value.STRIPE_SECRET_KEY,
      apiBase: value.STRIPE_API_BASE,
      webhookSecrets: value.STRIPE_WEBHOOK_SECRETS,
      webhookUrl: value.WEBHOOK_URL?.href,
      livemode: live,
      is: value.STRIPE_API_BASE ? ('sandbox' as const) : ('stripe' as const),
      budgets: {
        all: value.STRIPE_REQUESTS_PER_SECOND ?? limits.all,
        endpoint: value.STRIPE_ENDPOINT_PER_SECOND ?? limits.endpoint,
        payouts: value.STRIPE_PAYOUTS_PER_SECOND ?? limits.payouts,
        payoutsAtOnce: value.STRIPE_PAYOUTS_AT_ONCE ?? limits.payoutsAtOnce,
      },
    },
    api: { host: value.API_HOST, port: value.API_PORT, adminKey: value.ADMIN_API_KEY },
    workflowBundle: value.WORKFLOW_BUNDLE,
    jobSeconds: {
      relay: value.RELAY_SECONDS,
      sweep: value.SWEEP_SECONDS,
      revive: value.REVIVE_SECONDS,
      accounts: value.ACCOUNTS_SECONDS,
      reconciliation: value.RECONCILIATION_SECONDS,
    },
    accountsAPass: value.ACCOUNTS_A_PASS,
    reconciliation: {
      pages: value.RECONCILIATION_PAGES,
      lines: value.RECONCILIATION_PAGES * 100,
      graceMinutes: value.RECONCILIATION_GRACE_MINUTES,
    },
    lateReturnDays: value.LATE_RETURN_DAYS,
    bankCoolingHours: value.BANK_COOLING_HOURS,
    logLevel: value.LOG_LEVEL,
  };
}

function withoutEmpty(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
}
