import { setTimeout as pause } from 'node:timers/promises';
import { createActivities } from '../activities/index.ts';
import { createTurns } from '../activities/stripe/budget.ts';
import { createStripe } from '../activities/stripe/client.ts';
import { readConfig } from '../config.ts';
import { connect } from '../db/connect.ts';
import { expectJobs } from '../db/operations/checks.ts';
import { checkInstallation } from './installation.ts';
import { installRuntime } from './logging.ts';
import { createWorkers } from './queues.ts';
import { connectWorkers } from './temporal.ts';

/** The worker process. Runs workflows and activities until it receives SIGINT or SIGTERM. */
const config = readConfig(process.env);
installRuntime(config.logLevel);
const db = connect(config.databaseUrl, { connections: 20 });
const stripe = createStripe(config.stripe);
await checkInstallation(db, stripe, config).catch(refuseToStart);
const connection = await connectWorkers(config.temporal);
const turns = createTurns(db, config.stripe.budgets);
const { lateReturnDays, bankCoolingHours, accountsAPass, reconciliation } = config;
const { webhookUrl } = config.stripe;
const passes = { lateReturnDays, bankCoolingHours, accountsAPass, reconciliation };
const activities = createActivities({ stripe, db, turns, webhookUrl, ...passes });
await expectJobs(db, config.jobSeconds);
// If the check fails now, the sweep repeats it.
await activities.checkPlatformPayouts().catch(() => undefined);
const workers = await createWorkers(connection, config, activities, db);

/**
 * Logs only the message: the other fields of an error from Stripe can contain details that no log
 * may hold.
 */
function refuseToStart(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${JSON.stringify({ level: 'error', event: 'cannot start', message })}\n`);
  process.exit(1);
}

const running = Promise.all(workers.map((worker) => worker.run()));
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  });
}
process.stdout.write(`${JSON.stringify({ ready: 'worker' })}\n`);
await running;
await connection.close();
await Promise.race([db.destroy(), pause(2000)]);
process.exit(0);
