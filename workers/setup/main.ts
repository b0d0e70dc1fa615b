import { createTurns } from '../../activities/stripe/budget.ts';
import { createStripe } from '../../activities/stripe/client.ts';
import { type Config, readConfig } from '../../config.ts';
import { connect, type Db } from '../../db/connect.ts';
import { connectClient } from '../temporal.ts';
import { layDestinations } from './destinations.ts';
import { type Finding, lineOf, summaryOf } from './findings.ts';
import { checkPlatform } from './platform-checks.ts';
import { ensureSchedules } from './schedules.ts';
import { ensureSearchAttributes } from './search-attributes.ts';

/** Where the set-up reports its findings. */
export type Terminal = {
  say: (line: string) => void;
  /**
   * True if only a person reads the output. Signing secrets must not reach a log, and Stripe shows
   * each only once.
   */
  isPrivate: boolean;
};

/**
 * Creates what the engine needs in Temporal and at Stripe, and checks the rest. A repeated run
 * changes nothing that is right. Reports each finding as one line and returns all of them.
 */
export async function setUp(config: Config, { say, isPrivate }: Terminal): Promise<Finding[]> {
  const findings: Finding[] = [];
  const secrets: string[] = [];
  const keep = isPrivate ? (secret: string) => void secrets.push(secret) : undefined;
  const db = connect(config.databaseUrl, { connections: 2 });
  try {
    for await (const finding of findAll(config, db, keep)) {
      findings.push(finding);
      say(lineOf(finding));
    }
  } finally {
    await db.destroy();
    if (secrets.length > 0) say(wordsForSecrets(secrets));
  }
  say(`\n${summaryOf(findings)}`);
  return findings;
}

async function* findAll(
  config: Config,
  db: Db,
  keepSecret: ((secret: string) => void) | undefined,
): AsyncGenerator<Finding> {
  yield await layTemporal(config);
  const stripe = createStripe({ ...config.stripe, timeoutMs: stripeTimeoutMs });
  const deps = { stripe, db, turns: createTurns(db, config.stripe.budgets) };
  if (yield* checkPlatform(deps, config)) yield* layDestinations(deps, config, keepSecret);
}

/** Short, because a person waits for each answer. */
const stripeTimeoutMs = 10_000;

async function layTemporal({ temporal, jobSeconds }: Config): Promise<Finding> {
  const about = 'Temporal';
  const where = `${temporal.address}, namespace ${temporal.namespace}`;
  try {
    const { client, close } = await connectClient(temporal);
    try {
      const changed = [
        ...(await ensureSearchAttributes(client)),
        ...(await ensureSchedules(client, jobSeconds)),
      ];
      return changed.length === 0
        ? { state: 'ok', about, says: `${where}: search attributes and Schedules exist` }
        : { state: 'made', about, says: `${where}: ${changed.join(', ')}` };
    } finally {
      await close();
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const says = `${where} did not carry out the request (${message}). Check TEMPORAL_ADDRESS.`;
    return { state: 'fatal', about, says };
  }
}

function wordsForSecrets(secrets: readonly string[]): string {
  return `
Stripe shows a signing secret only once, and these are stored nowhere. Add them to the API's
settings, separated by commas from secrets that are already there, and restart the API:

  STRIPE_WEBHOOK_SECRETS=${secrets.join(',')}`;
}

/** With `--before-start`, returns 1 only if the engine cannot start. */
async function main(isBeforeStart: boolean): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  let config: Config;
  try {
    config = readConfig(process.env);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    say('The choices of a running `npm start` are read from its state folder; set the rest here.');
    return 1;
  }
  const findings = await setUp(config, { say, isPrivate: process.stdout.isTTY });
  const grave = isBeforeStart ? ['fatal'] : ['fatal', 'wrong'];
  return findings.some(({ state }) => grave.includes(state)) ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.includes('--before-start'));
