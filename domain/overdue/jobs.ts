/**
 * The jobs and the activities that make up one pass of each. A job that skips one of them is late,
 * even if its other steps are on time.
 */
export const jobSteps = {
  relay: ['relayWakeUps'],
  sweep: [
    'sweepEvents',
    'sweepAccountEvents',
    'resolveEarnings',
    'checkPlatformPayouts',
    'wakeOverdue',
  ],
  revive: ['reviveWorkflows'],
  accounts: ['rereadAccounts'],
  reconciliation: ['retrievePlatformMovements', 'takeOpenMovements', 'findDifferences'],
} as const satisfies Record<string, readonly string[]>;
export type Job = keyof typeof jobSteps;

/** A job is late after this many of its intervals without a finished step. */
export const latePasses = 10;

/** A job is not late before this many minutes: a single pass may last that long. */
export const lateMinutes = 15;

/** The comparison after a start of PostgreSQL is late after this many minutes. */
export const lateComparisonMinutes = 10;

/** The facts about jobs and comparisons, in real time. */
export type OverdueFacts = {
  /** The steps that are late, each with the time of its last end or of its first expectation. */
  lateSteps: { job: string; step: string; since: string }[];
  /** When PostgreSQL started, if the database was not compared since and that is late. */
  uncomparedSince: string | null;
};

/** The failed checks about jobs and comparisons that have not finished in time. */
export function overdueChecks({ lateSteps, uncomparedSince }: OverdueFacts) {
  const jobs = [...Map.groupBy(lateSteps, ({ job }) => job)].map(([job, steps]) => {
    const said = steps.map(({ step, since }) => `${step} since ${since}`).join(', ');
    const remedy = `The job ${job} has not finished: ${said}. The workflows of job/${job} in the Temporal UI show why. Check that a worker runs, and that the Schedules exist (npm run setup).`;
    return { name: `job-${job}`, remedy };
  });
  if (uncomparedSince === null) return jobs;
  const remedy = `PostgreSQL started at ${uncomparedSince}, and the database has not been compared with Stripe since: nothing is sent. Another failed check or the job sweep in the Temporal UI shows why.`;
  return [...jobs, { name: 'compared-with-stripe', remedy }];
}
