import { OpenAPIHono } from '@hono/zod-openapi';
import type { Stripe } from 'stripe';
import type { Turns } from '../../activities/stripe/budget.ts';
import type { ApiKey } from '../../db/api-keys.ts';
import type { Db } from '../../db/connect.ts';
import { refuseInvalid } from './refusals.ts';

/** What a request carries besides itself. `caller` is set wherever a key is required. */
export type AppEnv = { Variables: { requestId: string; caller: ApiKey } };

/** One line of the log. Never a body, a header or a query value. */
export type Log = (
  line: { level: 'debug' | 'info' | 'warn' | 'error'; event: string } & Fields,
) => void;
type Fields = Record<string, string | number | boolean | null | undefined>;

/** The clock of the sandbox, where the engine runs on one. */
export type SandboxClock = { moveTo(offsetMs: number): Promise<void> };

/** What the API works with; a test gives its own. */
export type AppDeps = {
  db: Db;
  log: Log;
  /** Tells that wake-ups were written, so that they are delivered soon. */
  wakeSoon: () => void;
  /** How many workers asked Temporal for work lately; undefined when Temporal does not answer. */
  countWorkers: () => Promise<number | undefined>;
  stripe: { webhookSecrets: readonly string[]; livemode: boolean };
  /** For links, sessions and reads to show; it never moves money. */
  stripeClient: Stripe;
  /** Turns within Stripe's budgets, which all processes share. */
  turns: Pick<Turns, 'take'>;
  /** Absent with Stripe itself. */
  sandboxClock?: SandboxClock | undefined;
};

/** A set of routes whose invalid requests are refused in the one way. */
export function createRoutes(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });
}
