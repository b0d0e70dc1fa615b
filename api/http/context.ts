import { OpenAPIHono } from '@hono/zod-openapi';
import type { Stripe } from 'stripe';
import type { Turns } from '../../activities/stripe/budget.ts';
import type { ApiKey } from '../../db/api-keys.ts';
import type { Db } from '../../db/connect.ts';
import { refuseInvalid } from './validation.ts';

/** Values of a request. `caller` is set on every route that requires an API key. */
export type AppEnv = { Variables: { requestId: string; caller: ApiKey } };

/** Writes one line of the log; never pass a body, a header or a query value. */
export type Log = (
  line: { level: 'debug' | 'info' | 'warn' | 'error'; event: string } & Fields,
) => void;
type Fields = Record<string, string | number | boolean | null | undefined>;

/** Moves the clock of the sandbox. */
export type SandboxClock = { moveTo(offsetMs: number): Promise<void> };

/** Everything that the API needs; tests pass their own. */
export type AppDeps = {
  db: Db;
  log: Log;
  /** Has newly written wake-ups delivered soon. */
  wakeSoon: () => void;
  /** Counts the workers that recently asked Temporal for work; undefined if Temporal is down. */
  countWorkers: () => Promise<number | undefined>;
  stripe: { webhookSecrets: readonly string[]; livemode: boolean };
  /** For links, sessions and display reads; never for moving money. */
  stripeClient: Stripe;
  /** Turns within Stripe's budgets, which all processes share. */
  turns: Pick<Turns, 'take'>;
  /** Absent with Stripe itself. */
  sandboxClock?: SandboxClock | undefined;
};

/** Creates a set of routes that refuse invalid requests in the same way. */
export function createRoutes(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });
}
