import { startMissing } from '../activities/jobs.ts';
import { readConfig } from '../config.ts';
import { connect } from '../db/connect.ts';
import { whyUnusable } from '../db/migrations/compatibility.ts';
import { ensureSchedules } from './setup/schedules.ts';
import { ensureSearchAttributes } from './setup/search-attributes.ts';
import { connectClient } from './temporal.ts';

/**
 * `npm run recover`: after Temporal's storage was lost, or with another Temporal, lays what the
 * engine needs there and starts whatever has an open row and no running workflow. Repeatable.
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
  say('Search attributes and Schedules stand.');
  let said = 0;
  const started = await startMissing({ db, client }, 0, (so) => {
    if (so < said + 1000) return;
    said = so;
    say(`  ${so} workflows started`);
  });
  say(`${started} workflows were missing and run again.`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
