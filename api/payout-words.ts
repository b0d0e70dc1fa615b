import type { PayoutRecord } from '../db/views.ts';
import { failureOf } from '../domain/failures.ts';
import type { NotPaidReason } from '../domain/forecast.ts';
import type { SkipReason, WaitReason } from '../domain/payout.ts';

/** Why a payout waits, in one sentence that also says what ends the wait. */
const waits: Record<WaitReason | 'start', string> = {
  start:
    'The seller’s workflow starts it as soon as the seller is active and no other payout in this currency is under way',
  'seller-not-active': 'The seller cannot be paid yet; it goes on when the seller becomes active',
  'seller-paused': 'The seller is paused; it goes on when the seller is resumed',
  hold: 'A hold keeps the money back: see the holds of the seller; it goes on when enough is released or runs out',
  'another-payout': 'Another payout of this seller and currency has no answer from Stripe yet',
  'platform-balance':
    'The platform’s balance at Stripe is too low; it goes on when money arrives there',
  'account-balance':
    'The account’s balance at Stripe is too low; it goes on when money arrives there',
  arrival: 'The transferred money cannot be paid out before then',
  capability:
    'Stripe has switched off what this needs at the account; it goes on when that is active again',
  'bank-details':
    'The account has no bank account that can take this; it goes on when the seller changes it',
  'cooling-period':
    'The bank account was changed, and others were paid to before: nothing goes there until the cooling period is over',
  'automatic-payouts':
    'Somebody set the account’s payouts back to automatic; it goes on when the engine has set them to manual',
  'stripe-limit': 'Stripe’s limit on payouts is reached; it tries again then',
  'money-stopped': 'An operator stopped all money; it goes on when money is resumed',
  'outcome-look-up': 'Stripe’s answer was lost; it looks at Stripe again before anything is sent',
  bank: 'Stripe sent it; the bank does not have it yet',
  'late-return': 'The bank has it; until then the bank could still send it back',
};

const skips: Record<SkipReason, string> = {
  'nothing-payable': 'Nothing was payable when it started',
  'more-than-payable': 'It asked for more than was payable when it started',
  'account-negative': 'The account’s balance was below zero when it started',
  'account-short':
    'Somebody else moved money out of the account after it was set aside; another payout took its place',
  'on-hold': 'All of it was held at the payday; it waits for the next payday',
  'below-minimum':
    'Less was payable than the minimum, the schedule’s or Stripe’s; the money waits for the next payday',
};

/** Why a payday pays nothing in a currency. */
export const paydayWords: Record<NotPaidReason, string> = {
  ...skips,
  'nothing-payable': 'By the cut-off nothing is payable that no payout is ordered of already',
  'account-negative': 'The account’s balance is below zero',
  'on-hold': 'All of it is held',
  'below-minimum': 'It is less than the schedule’s minimum, and waits until it is enough',
  'seller-not-active': 'The seller cannot be paid as it stands; it is once it becomes active',
  'seller-paused': 'The seller is paused; it is paid once it is resumed',
  'bank-details':
    'Its bank account did not take payouts; it is paid once that is another or was put right',
  'cooling-period': 'Its bank account was changed; it is paid once the cooling period is over',
  'money-stopped': 'An operator stopped all money; it is paid once money is resumed',
};

/** What a payout waits for, why, and when it looks again at the latest. */
export function waitingOf(payout: PayoutRecord) {
  const notStarted = payout.status === 'requested' && payout.startedAt === null;
  const reason = payout.waitingFor ?? (notStarted ? ('start' as const) : null);
  if (reason === null || payout.parked) return null;
  return { for: reason, reason: waits[reason], lookAgainAt: payout.lookAgainAt };
}

/** Why a payout ended without moving money. */
export function skippedOf({ skipReason }: PayoutRecord): string | null {
  return skipReason && skips[skipReason];
}

/** Why the bank did not take a payout or sent it back, for the seller and for an operator. */
export function failedOf({ status, failureCode }: PayoutRecord) {
  if (status !== 'failed' && status !== 'returned') return null;
  return { code: failureCode, ...failureOf(failureCode) };
}

const cancellations = {
  asking: 'Stripe has it, and is asked to cancel it',
  canceled: 'It was called off; its money is free where it is',
  'too-late': 'Stripe refused: it is too late, and the payout goes on',
  unknown: 'Stripe’s answer was lost; the payout is read from Stripe to see what became of it',
} as const;

/** What became of an order to cancel. */
export function cancellationOf(payout: PayoutRecord) {
  const { status, cancelOrderedAt, cancelOrderedBy, cancelAnswer } = payout;
  if (cancelOrderedAt === null || cancelOrderedBy === null) return null;
  const state = cancelStateOf(status, cancelAnswer);
  const explanation = cancellations[state];
  return { orderedAt: cancelOrderedAt, orderedBy: cancelOrderedBy, state, explanation };
}

function cancelStateOf(
  status: PayoutRecord['status'],
  answer: PayoutRecord['cancelAnswer'],
): keyof typeof cancellations {
  if (status === 'canceled') return 'canceled';
  if (answer === 'refused' || status !== 'sent') return 'too-late';
  return answer ?? 'asking';
}

/** Why a payout stopped, and each request that lets it go on. */
export function parkedOf(
  payout: Pick<PayoutRecord, 'id' | 'parked' | 'parkedAt' | 'parkedDetail' | 'unknownStep'>,
) {
  const { parked, parkedAt, parkedDetail, unknownStep, id } = payout;
  if (!parked || !parkedAt) return null;
  const of = { reason: parked, since: parkedAt, step: unknownStep };
  const post = (name: string, when: string, body: Record<string, string> = {}) => ({
    method: 'POST' as const,
    path: `/v1/payouts/${id}/${name}`,
    body,
    when,
  });
  switch (parked) {
    case 'outcome-unknown': {
      const stripeId = unknownStep === 'payout' ? 'po_...' : 'tr_...';
      const named = parkedDetail === null ? '' : `. What was named is not it: ${parkedDetail}`;
      return {
        ...of,
        explanation: `Nobody knows whether Stripe made the ${unknownStep ?? 'request'}: look for ${id} at Stripe${named}`,
        commands: [
          post('confirm-sent', 'It is at Stripe: it is looked at and not sent again', { stripeId }),
          post('confirm-not-sent', 'It is certainly not at Stripe: it is sent again'),
        ],
      };
    }
    case 'refused-by-stripe':
      return {
        ...of,
        explanation: 'Stripe refused it for a reason that waiting does not cure: see its attempts',
        commands: [
          post('retry', 'The cause is removed: it is sent again'),
          post('cancel', 'It cannot be sent: its money is free where it is'),
        ],
      };
    case 'unexpected-state':
      return {
        ...of,
        explanation: `What is at Stripe does not match what was ordered: ${parkedDetail ?? 'see its attempts'}`,
        commands: [post('retry', 'It was put right at Stripe: it looks there again')],
      };
  }
}
