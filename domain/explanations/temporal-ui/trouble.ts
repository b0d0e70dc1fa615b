import { isWaitTooLong } from '../../overdue/long-waits.ts';
import { isLateAt } from '../../payouts/late.ts';
import { isOver, type Payout, type PayoutStatus } from '../../payouts/states.ts';
import { endsOnTime, type WaitReason, waits } from '../../waits.ts';

/** The waits that every payout has, and that therefore need no explanation. */
export const usualWaits = (Object.keys(waits) as WaitReason[]).filter((reason) => {
  return endsOnTime(reason) || waits[reason].actor === 'bank';
});

/** What shows whether a payout is in trouble. */
type Troubled = Pick<Payout, 'parked' | 'waitingFor'> & {
  status: PayoutStatus;
  sentAt: string | null;
};

/**
 * Why a payout needs attention. Null if the payout only waits for what every payout waits for. The
 * SQL `isTroubled` in db/sellers/steps.ts repeats this rule.
 */
export function troubleAt(payout: Troubled, now: string): string | null {
  const { parked, waitingFor, status } = payout;
  if (parked !== null) return parked;
  if (isLateAt(payout, now)) return 'late';
  const isUsual = waitingFor === null || usualWaits.includes(waitingFor);
  return isUsual || isOver({ status }) ? null : waitingFor;
}

/** The same for the row that the payout's workflow reads. */
export function troubleOf(payout: Payout): string | null {
  return troubleAt({ ...payout, sentAt: payout.dates?.sent ?? null }, payout.now);
}

/** True if the bank has had the payout for longer than banks take, so that a person asks Stripe. */
export function isLate({ status, dates, now }: Payout): boolean {
  return isLateAt({ status, sentAt: dates?.sent ?? null }, now);
}

/**
 * True for a payout that is neither parked nor late and waits longer than its reason allows, for
 * example for the platform's money. The attention list then contains the payout.
 */
export function isStuck(payout: Payout): boolean {
  const { status, parked, waitingFor, dates, now } = payout;
  if (!dates || parked !== null || isLate(payout) || isOver(payout)) return false;
  const start = status === 'requested' ? dates.ordered : null;
  const since = waitingFor === null ? start : (dates.waiting ?? null);
  return since !== null && isWaitTooLong({ reason: waitingFor, since }, now);
}
