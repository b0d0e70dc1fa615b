/**
 * What the engine reports to the platform: each event type with its meaning, in the order in which
 * an object usually lives. The part before the point is the kind of object.
 */
export const eventCatalogue = {
  'seller.created': 'The platform made a seller known',
  'seller.account_created': 'The seller has an account at Stripe',
  'seller.activated': 'The account can be paid, and only the engine pays it out',
  'seller.restricted': 'The account cannot be paid any more; `reason` says what is missing',
  'seller.requirements_changed': 'Stripe asks for more, for less, or by another day',
  'seller.paused': 'No payout of the seller starts any more',
  'seller.resumed': 'Payouts of the seller may start again',
  'seller.schedule_changed': 'The seller is paid at other times from now on',
  'seller.changed': 'The platform said something else of the seller: name or metadata',
  'seller.parked': 'The creation of the account waits for a person; `reason` says why',
  'seller.unparked': 'A person decided, and it goes on',
  'seller.closed': 'Nothing is paid to the seller any more',
  'seller.reopened': 'A closed seller is paid again',
  'bank_account.added': 'The seller has another bank account, or one is there again',
  'bank_account.changed': 'Its status, or whether payouts go there, is another',
  'bank_account.paused': 'Payouts there failed: nothing more goes there',
  'bank_account.resumed': 'Payouts may go there again',
  'bank_account.removed': 'The bank account is gone from the account',
  'earning.recorded': 'The platform owes the seller more',
  'hold.placed': 'Some or all of a seller’s money waits; `reason` is the source',
  'hold.released': 'Somebody released the hold; one that runs out by itself tells nothing',
  'payout.requested': 'A payout is ordered; nothing is set aside yet',
  'payout.adopted':
    'Stripe had made more of it than this database knew, as after a backup; it stands again',
  'payout.waiting': 'It waits for more than its ordinary course; `reason` says for what',
  'payout.reserved': 'Money is set aside; some of it has to be transferred',
  'payout.transferred': 'All of its money is at the account',
  'payout.outcome_unknown': 'Nobody knows whether Stripe did the step in `reason`; it is looked up',
  'payout.parked': 'It stopped until a person decides; `reason` says why',
  'payout.unparked': 'The stop is over; `reason` is what it was',
  'payout.sent': 'Stripe has the payout; the bank does not yet',
  'payout.cancel_ordered': 'Stripe is asked to cancel what it has',
  'payout.not_canceled': 'Stripe did not cancel it; `reason` says whether that is certain',
  'payout.paid': 'The bank has it; it is watched for a late return',
  'payout.settled': 'The watch is over: the money stayed',
  'payout.failed': 'The bank refused it; `reason` is Stripe’s code; the money is at the account',
  'payout.returned': 'The bank sent it back after it was paid; the money is at the account',
  'payout.canceled':
    'It was called off; the money is at the account where it was transferred, else at the platform',
  'payout.skipped': 'It ended without moving money; `reason` says why',
  'discrepancy.opened': 'The ledger and Stripe differ; `reason` is the cause',
  'discrepancy.closed': 'A person said why it needs no looking at any more',
  'operations.stopped': 'No money moves until it is let go again',
  'operations.resumed': 'Money moves again',
} as const satisfies Record<`${EventObject}.${string}`, string>;

/** A type of event that the platform may receive. */
export type EventType = keyof typeof eventCatalogue;
export const eventTypes = Object.keys(eventCatalogue) as EventType[];

/** What an event is about. */
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
};
