import type { Payout } from '../../domain/payouts/states.ts';
import type { Doubt, Moment, Transition } from '../../domain/payouts/transition-type.ts';

/** The payout with which tests of domain functions begin. */
export function aPayout(given: Partial<Payout> = {}): Payout {
  return {
    payoutId: 'payout_0123456789abcdefghjk',
    sellerId: 'sel_0123456789abcdefghjk',
    currency: 'eur',
    status: 'requested',
    requestedAmount: null,
    fromPlatform: 0,
    fromAccount: 0,
    stripeAccount: null,
    transferId: null,
    arrivesAt: null,
    stripePayoutId: null,
    failureCode: null,
    bankPaused: false,
    payoutsAreManual: true,
    waitingFor: null,
    lookAgainAt: null,
    parked: null,
    unknownStep: null,
    lookUps: 0,
    watchUntil: null,
    cancelAsked: false,
    stops: [],
    othersWait: false,
    now: noon,
    ...given,
  };
}

export const noon = '2026-11-23T12:00:00.000Z';
export const before = '2026-11-23T11:59:59.999Z';
export const later = '2026-11-23T12:00:00.001Z';

/** A payout after a transition, as the database stores it; one that has moved on stays as it is. */
export function applied(payout: Payout, transition: Transition): Payout {
  const { from, asRead, status = payout.status, wait, parked, unknown, named } = transition;
  if (!from.includes(payout.status) || !isAsRead(payout, asRead)) return payout;
  return {
    ...payout,
    ...factsOf(transition, payout.now),
    status,
    ...(wait !== undefined && {
      waitingFor: wait?.reason ?? null,
      lookAgainAt: wait ? instantOf(wait.until, payout.now) : null,
    }),
    ...(parked !== undefined && {
      parked: parked?.reason ?? null,
      parkedDetail: parked?.detail ?? null,
    }),
    ...(unknown !== undefined && {
      unknownStep: unknown?.step ?? null,
      lookUps: unknown?.lookUps ?? 0,
    }),
    ...(named !== undefined && { namedStripeId: named }),
  };
}

function isAsRead(payout: Payout, asRead: Doubt | undefined): boolean {
  if (!asRead) return true;
  const { parked, unknownStep, lookUps, namedStripeId } = asRead;
  return (
    parked === payout.parked &&
    unknownStep === payout.unknownStep &&
    lookUps === payout.lookUps &&
    (namedStripeId ?? null) === (payout.namedStripeId ?? null)
  );
}

/** The facts that a payout's workflow sees; the others are for people. */
function factsOf({ facts = {} }: Transition, at: string): Partial<Payout> {
  const { fromPlatform, fromAccount, stripeAccount, transferId, arrivesAt, stripePayoutId } = facts;
  const { failureCode, watchUntil, cancelOrderedAt, cancelAnswer } = facts;
  return {
    ...(fromPlatform !== undefined && { fromPlatform }),
    ...(fromAccount !== undefined && { fromAccount }),
    ...(stripeAccount !== undefined && { stripeAccount }),
    ...(transferId !== undefined && { transferId }),
    ...(arrivesAt !== undefined && { arrivesAt }),
    ...(stripePayoutId !== undefined && { stripePayoutId }),
    ...(failureCode !== undefined && { failureCode }),
    ...(watchUntil !== undefined && { watchUntil: instantOf(watchUntil, at) }),
    ...(cancelOrderedAt !== undefined && { cancelAsked: !cancelAnswer }),
    ...(cancelAnswer && { cancelAsked: false }),
  };
}

function instantOf(moment: Moment, at: string): string {
  if (typeof moment === 'string') return moment;
  return new Date(Date.parse(at) + moment.inMinutes * 60_000).toISOString();
}
