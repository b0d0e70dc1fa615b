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

/** Where the set-up tells a person what it does. */
export type Terminal = {
  say: (line: string) => void;
  /** Whether only a person sees it. Signing secrets are for no log, and Stripe tells each once. */
  isPrivate: boolean;
};

/**
 * Lays what the engine needs in Temporal and at Stripe and checks what it cannot lay; done again it
 * changes nothing that is right. Answers with what it found, after telling it line by line.
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

/** A person waits for each answer. */
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
        ? { state: 'ok', about, says: `${where}: search attributes and Schedules are there` }
        : { state: 'made', about, says: `${where}: ${changed.join(', ')}` };
    } finally {
      await close();
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const says = `${where} does not do what is asked (${message}). See TEMPORAL_ADDRESS.`;
    return { state: 'fatal', about, says };
  }
}

function wordsForSecrets(secrets: readonly string[]): string {
  return `
Stripe tells a signing secret once, and these are kept nowhere. Put them into the API's settings,
after a comma where others stand already, and start the API anew:

  STRIPE_WEBHOOK_SECRETS=${secrets.join(',')}`;
}

/** `--before-start`: ends in 1 only over what the engine cannot start with. */
async function main(isBeforeStart: boolean): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  let config: Config;
  try {
    config = readConfig(process.env);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    say('What a running `npm start` chose is read from its state folder; all else is set here.');
    return 1;
  }
  const findings = await setUp(config, { say, isPrivate: process.stdout.isTTY });
  const grave = isBeforeStart ? ['fatal'] : ['fatal', 'wrong'];
  return findings.some(({ state }) => grave.includes(state)) ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.includes('--before-start'));
