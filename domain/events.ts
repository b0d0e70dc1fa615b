/**
 * The events that the engine reports to the platform: each type with its meaning. Types of one
 * object are in the usual order of its life. The part of a type before the point is the kind of
 * object.
 */
export const eventCatalogue = {
  'seller.created': 'The platform created the seller',
  'seller.account_created': 'The seller has an account at Stripe',
  'seller.activated': 'The account can be paid, and only the engine pays it out',
  'seller.restricted': 'The account cannot be paid any more; `reason` says what is missing',
  'seller.requirements_changed': 'The requirements of Stripe or their deadlines changed',
  'seller.paused': 'The seller has one more pause. No payout starts while any pause is open',
  'seller.pause_lifted': 'One pause of the seller was lifted; the seller stays paused by another',
  'seller.resumed': 'The last open pause was lifted: payouts of the seller may start again',
  'seller.schedule_changed': 'The seller has a new payout schedule',
  'seller.changed': 'The platform changed the seller’s name or metadata',
  'seller.parked': 'The seller waits for a person to decide; `reason` says why',
  'seller.unparked': 'A person decided, and the seller continues',
  'seller.closed': 'Nothing is paid to the seller any more',
  'seller.reopened': 'A closed seller is paid again',
  'bank_account.added': 'The seller has a new bank account, or a removed one exists again',
  'bank_account.changed': 'The status of the bank account changed, or whether payouts go there',
  'bank_account.paused': 'Payouts to the bank account failed: no more are sent there',
  'bank_account.resumed': 'Payouts may go to the bank account again',
  'bank_account.removed': 'The bank account was removed from the account',
  'earning.recorded': 'The platform owes the seller more',
  'earning.corrected':
    'The amount or the charge of an earning changed; `money` is what the platform owes now',
  'earning.withdrawn':
    'The platform does not owe the earning any more; `money` is what it no longer owes',
  'hold.placed': 'Some or all of a seller’s money is held; `reason` is the code of the reason',
  'hold.released': 'Somebody released the hold. A hold that expires causes no event',
  'payout.requested': 'A payout is ordered; nothing is reserved yet',
  'payout.adopted':
    'Stripe had done more than this database knew, for example after a restore: the payout is restored',
  'payout.waiting': 'The payout waits for an unusual reason; `reason` names it',
  'payout.reserved': 'Money is reserved; some of it must be transferred',
  'payout.transferred': 'All of the payout’s money is at the account',
  'payout.outcome_unknown':
    'It is unknown whether Stripe did the step in `reason`; the engine asks Stripe',
  'payout.parked': 'The payout is parked until a person decides; `reason` says why',
  'payout.unparked': 'The payout is no longer parked; `reason` says why it was parked',
  'payout.sent': 'Stripe has the payout; the bank does not have it yet',
  'payout.cancel_ordered':
    'Somebody canceled a payout that Stripe has, so Stripe is asked; or a request of the payout is open, so its outcome is found out first, and nothing more is sent',
  'payout.not_canceled':
    'The payout continues: `reason` says whether Stripe `refused`, whether its answer is `unknown`, or whether Stripe was `not-asked`',
  'payout.paid': 'The bank has the money; the engine watches whether the bank returns it late',
  'payout.settled': 'The time for late returns is over, and the bank kept the money',
  'payout.failed':
    'The bank refused the payout; `reason` is Stripe’s code; the money is at the account',
  'payout.returned':
    'The money came back after it was paid. It is at the account, or, if somebody else had paid it outside Stripe, owed again at the platform',
  'payout.canceled':
    'The payout was canceled; transferred money is at the account, other money at the platform',
  'payout.skipped': 'The payout ended without moving money; `reason` says why',
  'payout.paid_elsewhere':
    'The payout ended because somebody else paid its money, at Stripe or outside Stripe',
  'discrepancy.opened': 'The ledger and Stripe differ; `reason` is the cause',
  'discrepancy.closed': 'A person closed the discrepancy with a reason',
  'operations.stopped':
    'All money has one more stop; `reason` is its cause. No money moves while any stop is open',
  'operations.stop_lifted': 'One stop of all money was lifted; money stays stopped by another',
  'operations.resumed': 'The last open stop of all money was lifted: money moves again',
  'operations.changes_may_be_lost':
    'PostgreSQL started, and changes acknowledged in the time `lost` may be missing; `reason` is the cause',
} as const satisfies Record<`${EventObject}.${string}`, string>;

/** A type of event that the platform may receive. */
export type EventType = keyof typeof eventCatalogue;
export const eventTypes = Object.keys(eventCatalogue) as EventType[];

/** The kind of object that an event is about. */
export type EventObject = (typeof eventObjects)[number];
export const eventObjects = [
  'seller',
  'bank_account',
  'earning',
  'hold',
  'payout',
  'discrepancy',
  'operations',
] as const;

/**
 * What an event contains in addition to its object: codes and whole amounts, no personal data and
 * no free text.
 */
export type EventFacts = {
  /** Null if the object is new or has no status. */
  previousStatus: string | null;
  /** Equal to the previous status if the event is not about the status. */
  status: string | null;
  reason: string | null;
  /** The id of an API key, `schedule`, `stripe` or `engine`. */
  actor: string;
  /** Minor units. */
  money: { amount: number; currency: string } | null;
  /** Only with `seller.requirements_changed`. */
  requirements?: { due: number; dueBy: string | null };
  /** Only with `operations.changes_may_be_lost`. In real time. */
  lost?: { from: string; until: string };
};
