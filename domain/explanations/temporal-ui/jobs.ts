import { bullet, toDetails } from './markdown.ts';

/** What each job does, and where the API shows what it found. */
const jobs = {
  accounts: { does: 'reads sellers’ accounts from Stripe again', shows: 'GET /v1/attention' },
  reconciliation: {
    does: 'compares the ledger with Stripe’s books',
    shows: 'GET /v1/discrepancies',
  },
  relay: { does: 'delivers wake-ups that the API could not deliver', shows: 'GET /ready' },
  revive: { does: 'starts the workflows of open rows that have none', shows: 'GET /ready' },
  sweep: {
    does: 'reads events that no webhook brought, and wakes what waited past its deadline',
    shows: 'GET /v1/attention',
  },
} as const;

/** A job of the engine. */
export type JobName = keyof typeof jobs;

/**
 * What a pass of a job does or did, for the person who opens it in the Temporal UI. Markdown.
 * `done` is absent while the pass runs.
 */
export function describeJob(name: JobName, done?: Record<string, number>): string {
  const { does, shows } = jobs[name];
  const counts = Object.entries(done ?? {}).map(([what, count]) => `${what}: ${count}`);
  return toDetails([
    `**${name}**: ${done ? 'this pass is done' : 'this pass is running'}. The job ${does}. **Must act: nobody.**\n`,
    ...counts.map(bullet),
    bullet(
      'if a pass fails, the next pass does the rest; `GET /ready` names a job that stands still',
    ),
    bullet(`what the engine knows now: \`${shows}\``),
    name === 'sweep' && bullet('what is missing for the coming paydays: `GET /v1/funding`'),
  ]);
}
