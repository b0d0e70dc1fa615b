import { sayDay } from '../dates.ts';
import { money } from '../money.ts';
import { isOver, type PayoutStatus } from '../payouts/states.ts';
import { endsOnTime, waitNames } from '../waits.ts';
import type { PayoutRecord } from './facts.ts';
import type { ComingStep } from './waiting.ts';

/** What comes next, and when, as far as it is known. Nothing until a person decides. */
export function nextOf(payout: PayoutRecord, now: string): ComingStep[] {
  const { id: payoutId, status, parked, waitingFor, lookAgainAt } = payout;
  if (parked || isOver(payout)) return [];
  const isExact = waitingFor !== null && endsOnTime(waitingFor);
  const amount = amountOf(payout);
  const shown = order
    .slice(order.findIndex(({ after }) => after === status))
    .map(({ what, text }, index): ComingStep => {
      const expected = what === 'paid' ? expectedOf(payout, now) : {};
      const at = index === 0 && isExact ? lookAgainAt : null;
      return { what, text, at, money: amount, payoutId, ...expected };
    });
  const looksAgain = waitingFor !== null && !isExact && lookAgainAt !== null;
  if (!looksAgain) return shown;
  const text =
    waitingFor === waitNames.atBank
      ? 'It is read from Stripe again, sooner when Stripe says what became of it'
      : 'It looks again at the latest then, sooner when something happens';
  const look = { what: 'look-again', text, at: lookAgainAt, money: amount, payoutId };
  const [first, ...then] = shown;
  const isFirst = !first?.at || first.at > lookAgainAt;
  return isFirst ? [look, ...shown] : [first, look, ...then];
}

const order: { after: PayoutStatus; what: string; text: string }[] = [
  { after: 'requested', what: 'reserve', text: 'Money is set aside for it' },
  {
    after: 'reserved',
    what: 'transfer',
    text: 'The platform’s part is transferred to the account',
  },
  { after: 'transferred', what: 'payout', text: 'Stripe is asked to pay it out' },
  { after: 'sent', what: 'paid', text: 'The bank has it' },
  { after: 'paid', what: 'settle', text: 'The watch for a late return ends' },
];

/** When the bank has it, as Stripe said; a day that is over is told and not promised again. */
function expectedOf(
  { status, bankExpectedAt }: PayoutRecord,
  now: string,
): Partial<Pick<ComingStep, 'at' | 'text'>> {
  if (status !== 'sent' || bankExpectedAt === null) return {};
  const day = sayDay(bankExpectedAt);
  const isPast = bankExpectedAt.slice(0, 10) < now.slice(0, 10);
  if (isPast) return { text: `The bank has it; Stripe expected that on ${day}` };
  return { at: bankExpectedAt, text: `The bank has it: Stripe expects that on ${day}` };
}

function amountOf({ currency, fromPlatform, fromAccount, requestedAmount }: PayoutRecord) {
  const setAside = fromPlatform + fromAccount;
  const carried = setAside > 0 ? setAside : requestedAmount;
  return carried === null ? null : money(carried, currency);
}
