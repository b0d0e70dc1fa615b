import type { PayoutRecord } from '../../db/payouts/views.ts';
import { failureOf } from '../../domain/accounts/failures.ts';
import { formatMoney, type Money, money } from '../../domain/money.ts';
import type { WaitReason } from '../../domain/payouts/states.ts';
import type { SellerStatus } from '../../domain/sellers.ts';
import { sayDay, sayInstant } from '../http/instants.ts';
import { skips } from '../paydays/words.ts';

/** What is known beside a payout when it is told why it waits; a payout alone knows none of it. */
export type Beside = {
  sellerStatus?: SellerStatus | undefined;
  isRejected?: boolean;
  /** Another payout of the seller that goes first; null where there is none. */
  before?: Pick<PayoutRecord, 'id' | 'waitingFor'> | null;
  /** What Stripe has available for the platform in its currency. */
  available?: Money | undefined;
};

/** Why a payout waits, in one sentence that also says what ends the wait. */
const waits: Record<WaitReason | 'start', string | ((of: PayoutRecord, at: Beside) => string)> = {
  start: sayStart,
  'seller-not-active': (_, { isRejected }) =>
    isRejected
      ? rejected
      : 'The seller cannot be paid yet; it goes on when the seller becomes active',
  'seller-paused': 'The seller is paused; it goes on when the seller is resumed',
  hold: 'A hold keeps the money back: see the holds of the seller; it goes on when enough is released or runs out',
  'another-payout': (_, { before }) =>
    `${before ? `Payout ${before.id}` : 'Another payout'} of this seller and currency has no answer from Stripe yet`,
  'platform-balance': sayShortage,
  'account-balance':
    'The account’s balance at Stripe is too low; it goes on when money arrives there',
  arrival: ({ arrivesAt }) =>
    `The transferred money can be paid out of the account from ${arrivesAt ? sayInstant(arrivesAt) : 'its arrival'}`,
  capability: (_, { isRejected }) =>
    isRejected
      ? rejected
      : 'Stripe has switched off what this needs at the account; it goes on when that is active again',
  'bank-details':
    'The account has no bank account that can take this; it goes on when the seller changes it',
  'cooling-period':
    'The bank account was changed, and others were paid to before: nothing goes there until the cooling period is over',
  'automatic-payouts':
    'Somebody set the account’s payouts back to automatic; it goes on when the engine has set them to manual',
  'stripe-limit': ({ lookAgainAt }) =>
    `Stripe’s limit on payouts is reached; it tries again${lookAgainAt ? ` at ${sayInstant(lookAgainAt)}` : ''}`,
  'money-stopped': 'An operator stopped all money; it goes on when money is resumed',
  'outcome-look-up': 'Stripe’s answer was lost; it looks at Stripe again before anything is sent',
  bank: ({ bankExpectedAt }) =>
    `Stripe sent it; the bank does not have it yet${bankExpectedAt ? `: Stripe’s estimate is ${sayDay(bankExpectedAt)}` : ''}`,
  'late-return': ({ watchUntil }) =>
    `The bank has it, and could still send it back: watched ${watchUntil ? `until ${sayInstant(watchUntil)}` : 'for that'}`,
};

const rejected = 'Stripe rejected the seller’s account; it goes on only if that is taken back';

/** Which of the two it is: its seller, or another payout. */
function sayStart({ id }: PayoutRecord, { sellerStatus, isRejected, before }: Beside): string {
  if (sellerStatus === undefined || before === undefined) {
    return `It starts when its seller is active and no other payout in this currency goes first: GET /v1/payouts/${id}/explain says which it is`;
  }
  if (isRejected) return rejected;
  if (sellerStatus !== 'active') {
    return `It starts when its seller is active, and the seller is ${sellerStatus}`;
  }
  if (before === null) {
    return 'Its turn has come: the seller’s workflow starts it as soon as it looks';
  }
  const then =
    before.waitingFor === 'hold' ? 'has no hold in its way' : 'has its answer from Stripe';
  return `It starts when payout ${before.id}, which goes first, ${then}`;
}

/** What it needs, and what Stripe has, where that is known. */
function sayShortage({ fromPlatform, currency }: PayoutRecord, { available }: Beside): string {
  const needs = `It needs ${formatMoney(money(fromPlatform, currency))} of the platform’s balance at Stripe`;
  if (!available) return `${needs}, which had less; it goes on when enough arrives there`;
  const there = formatMoney(available);
  return available.amount < fromPlatform
    ? `${needs}, which has ${there} available; it goes on when enough arrives there`
    : `${needs}, which has ${there} available by now; it goes on when it looks again, after those that wait for longer`;
}

/** What a payout waits for, why, and when it looks again at the latest. */
export function waitingOf(payout: PayoutRecord, beside: Beside = {}) {
  const notStarted = payout.status === 'requested' && payout.startedAt === null;
  const reason = payout.waitingFor ?? (notStarted ? ('start' as const) : null);
  if (reason === null || payout.parked) return null;
  const words = waits[reason];
  const said = typeof words === 'string' ? words : words(payout, beside);
  return { for: reason, reason: said, lookAgainAt: payout.lookAgainAt };
}

/** Where the money of a payout is that was called off. */
export function canceledOf(payout: PayoutRecord): string {
  const { transferId, fromPlatform, fromAccount, currency } = payout;
  const left = transferId === null ? fromPlatform : 0;
  const there = fromPlatform + fromAccount - left;
  const say = (amount: number): string => formatMoney(money(amount, currency));
  const atPlatform = 'payable at the platform, since it was not transferred';
  const atAccount = 'at the account, where the next payout takes it';
  if (left > 0 && there > 0) return `${say(left)} is ${atPlatform}; ${say(there)} is ${atAccount}`;
  if (left > 0) return `the money is ${atPlatform}`;
  return there > 0 ? `the money is ${atAccount}` : 'nothing was set aside for it';
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
  canceled: 'It was called off',
  'too-late': 'Stripe refused: it is too late, and the payout goes on',
  unknown: 'Stripe’s answer was lost; the payout is read from Stripe to see what became of it',
} as const;

/** What became of an order to cancel. */
export function cancellationOf(payout: PayoutRecord) {
  const { status, cancelOrderedAt, cancelOrderedBy, cancelAnswer } = payout;
  if (cancelOrderedAt === null || cancelOrderedBy === null) return null;
  const state = cancelStateOf(status, cancelAnswer);
  const where = state === 'canceled' ? `: ${canceledOf(payout)}` : '';
  const explanation = `${cancellations[state]}${where}`;
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
      const showed = parkedDetail === null ? '' : `. Its own look there: ${parkedDetail}`;
      return {
        ...of,
        explanation: `Nobody knows whether Stripe made the ${unknownStep ?? 'request'}: look for ${id} at Stripe${showed}`,
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
