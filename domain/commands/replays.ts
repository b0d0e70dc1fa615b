/** What a command can be about. */
export const stateObjects = [
  'money',
  'seller',
  'payout',
  'hold',
  'earning',
  'discrepancy',
  'recovery',
  'api-key',
  'list',
  'start',
] as const;

/** The state of the object of a command, at the time of an answer. */
export type StateNow = {
  object: (typeof stateObjects)[number];
  id: string;
  state: string;
};

/** What an answer says about itself if its Idempotency-Key had been used before. */
export type Replay = {
  /** When the command acted. The rest of the answer shows that time. */
  at: string;
  /** True if the effect had been undone, so that the command acted again just now. */
  actedAgain: boolean;
  now: StateNow;
  says: string;
};

/** Says in one sentence what an answer under a used key is, and what is the case now. */
export function sayReplay(
  { before, actedAgain, isBrake }: { before: string; actedAgain: boolean; isBrake: boolean },
  now: string,
): string {
  const used = `This Idempotency-Key was used before, at ${before}`;
  if (actedAgain) {
    return `${used}. Its effect had been undone since, so the command was carried out again just now. Now: ${now}`;
  }
  const why = isBrake
    ? 'Its effect still applies, so nothing was done again'
    : 'Nothing was done again. Use a new key for a new command';
  return `${used}, and the rest of this answer shows that time. ${why}. Now: ${now}`;
}
