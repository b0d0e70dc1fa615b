/**
 * Whether a command is a brake, which stops money or keeps it from being sent, and what the command
 * does. A brake acts again whatever its Idempotency-Key; no other command ever acts twice under one
 * key, because it lets money go or changes what is owed.
 *
 * - `always`: every request is a brake.
 * - `sometimes`: it depends on the request; the row says when.
 * - `never`: no request is a brake.
 */
export type BrakeRule = 'always' | 'sometimes' | 'never';

/** Every command of the API. A test compares the table with the OpenAPI document. */
const rows = {
  'stop-money': { brake: 'always', does: 'opens a stop of all money' },
  'resume-money': { brake: 'never', does: 'lifts a stop of all money' },
  'place-hold': { brake: 'always', does: 'holds money until the hold is released or expires' },
  'release-hold': { brake: 'never', does: 'lets held money go' },
  'pause-seller': { brake: 'always', does: 'keeps payouts of the seller from starting' },
  'resume-seller': { brake: 'never', does: 'lets payouts of the seller start' },
  'close-seller': { brake: 'always', does: 'ends all payouts of the seller' },
  'reopen-seller': { brake: 'never', does: 'lets the seller be paid again' },
  'create-seller': { brake: 'never', does: 'adds a seller, who can be paid' },
  'update-seller': { brake: 'sometimes', does: 'is a brake if its schedule has no paydays' },
  'retry-seller': { brake: 'never', does: 'lets a parked seller continue' },
  'confirm-account-created': { brake: 'never', does: 'lets a parked seller continue' },
  'confirm-account-not-created': { brake: 'never', does: 'lets the account be created again' },
  'resume-bank-account': { brake: 'never', does: 'lets money go to the account number' },
  'waive-cooling': { brake: 'never', does: 'lets money go to a changed bank account' },
  'create-earning': { brake: 'never', does: 'adds to what is owed' },
  'create-earnings': { brake: 'never', does: 'adds to what is owed' },
  'withdraw-earning': { brake: 'always', does: 'ends what is owed for an earning' },
  'correct-earning': { brake: 'never', does: 'changes what is owed' },
  'create-payout': { brake: 'never', does: 'orders a payout' },
  'cancel-payout': { brake: 'always', does: 'ends a payout, or asks Stripe to end it' },
  'confirm-sent': { brake: 'never', does: 'lets a parked payout continue' },
  'confirm-not-sent': { brake: 'sometimes', does: 'is a brake with `callOff`' },
  'retry-payout': { brake: 'never', does: 'lets a parked payout continue' },
  'payout-paid-elsewhere': { brake: 'never', does: 'counts earnings as paid' },
  'payout-came-back': { brake: 'never', does: 'makes money payable again' },
  'leave-with-seller': { brake: 'never', does: 'counts earnings as paid' },
  'close-discrepancy': { brake: 'never', does: 'may let money go that the discrepancy stopped' },
  adopt: { brake: 'never', does: 'restores lost payouts' },
  'dismiss-adoption': { brake: 'never', does: 'lets money be resumed without the lost object' },
  'acknowledge-loss': { brake: 'never', does: 'ends a failed check' },
  'run-attention': { brake: 'sometimes', does: 'is a brake if its list pauses sellers' },
  'create-api-key': { brake: 'never', does: 'lets another program give commands' },
  'revoke-api-key': { brake: 'always', does: 'keeps a program from giving commands' },
} as const satisfies Record<string, { brake: BrakeRule; does: string }>;

/** The kind of a command. */
export type CommandKind = keyof typeof rows;
export const commandKinds = Object.keys(rows) as CommandKind[];

/** A command of which some or all requests are brakes. */
export type BrakeKind = {
  [Kind in CommandKind]: (typeof rows)[Kind] extends { brake: 'never' } ? never : Kind;
}[CommandKind];

/** Which commands are brakes, and what each command does. */
export const commandRules: Record<CommandKind, { brake: BrakeRule; does: string }> = rows;

/**
 * Says whether a request is a brake. `isSometimes` says it for a command of which only some
 * requests are.
 */
export function isBrake(kind: CommandKind, isSometimes = false): kind is BrakeKind {
  const { brake } = commandRules[kind];
  return brake === 'always' || (brake === 'sometimes' && isSometimes);
}

/** Describes for callers what a repeated request of this command does. */
export function sayBrake(kind: CommandKind): string {
  const { brake, does } = commandRules[kind];
  const again =
    'If a request is repeated under its Idempotency-Key after its effect was undone, it acts again, and `replayed` says so.';
  const once =
    'A request that is repeated under its Idempotency-Key never acts again: `replayed` says so, and what is the case now.';
  if (brake === 'never') return once;
  const when = brake === 'always' ? 'This command is a brake' : `This command ${does}`;
  return `${when}. ${again}${brake === 'sometimes' ? ' Otherwise, it never acts again.' : ''}`;
}
