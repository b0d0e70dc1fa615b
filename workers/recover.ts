import { startMissing } from '../activities/jobs.ts';
import { readConfig } from '../config.ts';
import { connect } from '../db/connect.ts';
import { whyUnusable } from '../db/migrations/compatibility.ts';
import { ensureSchedules } from './setup/schedules.ts';
import { ensureSearchAttributes } from './setup/search-attributes.ts';
import { connectClient } from './temporal.ts';

/**
 * `npm run recover`: after a loss of Temporal's storage, or with a new Temporal, creates the search
 * attributes and Schedules and starts a workflow for every open row that has none. Safe to repeat.
 */
const config = readConfig(process.env);
const db = connect(config.databaseUrl, { connections: 5 });
const { client, close } = await connectClient(config.temporal);
try {
  const why = await whyUnusable(db);
  if (why === undefined) await recover();
  else {
    say(why);
    process.exitCode = 1;
  }
} finally {
  await Promise.all([close(), db.destroy()]);
}

async function recover(): Promise<void> {
  await ensureSearchAttributes(client);
  await ensureSchedules(client, config.jobSeconds);
  say('Search attributes and Schedules exist.');
  let said = 0;
  const started = await startMissing({ db, client }, 0, (so) => {
    if (so < said + 1000) return;
    said = so;
    say(`  ${so} workflows started`);
  });
  say(`${started} workflows were missing and have been started.`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
