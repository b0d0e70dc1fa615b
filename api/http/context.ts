import { OpenAPIHono } from '@hono/zod-openapi';
import type { Stripe } from 'stripe';
import type { Turns } from '../../activities/stripe/budget.ts';
import type { ApiKey } from '../../db/api-keys.ts';
import type { Db } from '../../db/connect.ts';
import { refuseInvalid } from './validation.ts';

/**
 * The values that middleware sets on a request. `caller` is set on every route that requires an API
 * key.
 */
export type AppEnv = { Variables: { requestId: string; caller: ApiKey } };

/** Writes one line of the log. Never pass a body, a header or a query value. */
export type Log = (
  line: { level: 'debug' | 'info' | 'warn' | 'error'; event: string } & Fields,
) => void;
type Fields = Record<string, string | number | boolean | null | undefined>;

/** Moves the clock of the sandbox to an offset from real time, in milliseconds. */
export type SandboxClock = { moveTo(offsetMs: number): Promise<void> };

/** Everything that the API depends on. Tests pass their own values. */
export type AppDeps = {
  db: Db;
  log: Log;
  /** Triggers the delivery of newly written wake-ups. */
  wakeSoon: () => void;
  /**
   * Counts the workers that recently asked Temporal for work. Undefined if Temporal does not
   * answer.
   */
  countWorkers: () => Promise<number | undefined>;
  stripe: { webhookSecrets: readonly string[]; livemode: boolean };
  /** For links, sessions, balances to show, and looks before a command. Never moves money. */
  stripeClient: Stripe;
  /** Limits the requests to Stripe to its budgets, which all processes share. */
  turns: Pick<Turns, 'take'>;
  /** Absent if the engine uses Stripe instead of the sandbox. */
  sandboxClock?: SandboxClock | undefined;
};

/** Creates a set of routes that refuse invalid requests in the same way. */
export function createRoutes(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });
}
