import { ScheduleNotFoundError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createStripe } from '../../activities/stripe/client.ts';
import { readConfig } from '../../config.ts';
import { connect } from '../../db/connect.ts';
import { setUp } from '../../workers/setup/main.ts';
import { startWatchedSandbox } from '../contract/watched-sandbox.ts';
import { createTestDatabase } from '../servers/environment.ts';

export const webhookUrl = 'http://127.0.0.1:9/webhooks/stripe';

/** A destination as the sandbox keeps it, with its secret. */
type Kept = { id: string; secret: string; disabled?: boolean; enabledEvents: string[] };

/** A platform at a sandbox of its own, with a database and a namespace that nothing runs on. */
export type SetUpStage = Awaited<ReturnType<typeof openStage>>;

/** Opens it; the namespace may have been another's before. */
export async function openStage({ address, client: temporal }: TestWorkflowEnvironment) {
  const sandbox = await startWatchedSandbox({ strict: true });
  const env = {
    DATABASE_URL: await createTestDatabase(),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: temporal.options.namespace,
    STRIPE_SECRET_KEY: 'sk_test_sandbox',
    STRIPE_API_BASE: sandbox.url,
    WEBHOOK_URL: webhookUrl,
  };
  const db = connect(env.DATABASE_URL, { connections: 1 });
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const init = body && { headers, body: JSON.stringify(body) };
    const answer = await fetch(`${sandbox.url}/_sandbox/${path}`, { method, ...init });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  return {
    env,
    temporal,
    db,
    ask,
    stripe: createStripe({ secretKey: env.STRIPE_SECRET_KEY, apiBase: sandbox.url }),
    /** Runs the set-up, in a terminal unless told otherwise. */
    async run(change: Record<string, string> = {}, isPrivate = true) {
      const lines: string[] = [];
      const config = readConfig({ ...env, ...change });
      const findings = await setUp(config, { say: (line) => void lines.push(line), isPrivate });
      const about = (what: string) => findings.filter((finding) => finding.about === what);
      return {
        text: lines.join('\n'),
        /** What was found of one thing: its state, and all that is said of it. */
        of: (what: string) => about(what).map(({ state, says }) => `${state}: ${says}`),
        states: (what: string) => about(what).map(({ state }) => state),
      };
    },
    async destinations(): Promise<Kept[]> {
      return ((await ask('GET', 'destinations')) as { destinations: Kept[] }).destinations;
    },
    async close(): Promise<void> {
      for await (const { scheduleId } of temporal.schedule.list()) {
        // The list lags behind: one that is gone may still be in it.
        const isGone = (error: unknown) => error instanceof ScheduleNotFoundError;
        const deleting = temporal.schedule.getHandle(scheduleId).delete();
        await deleting.catch((error: unknown) => isGone(error) || Promise.reject(error as Error));
      }
      await db.destroy();
      await sandbox.close(); // fails where it saw what Stripe does not know
    },
  };
}
