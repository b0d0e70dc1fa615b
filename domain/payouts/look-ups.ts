import { sayDay } from '../dates.ts';
import { formatMoney, money } from '../money.ts';
import type { MoneyStep } from '../stripe.ts';
import type { Candidate } from './confirmations.ts';
import type { Payout } from './states.ts';

/**
 * Minutes before each look-up of an unknown outcome. Stripe's lists lag behind its writes, so a
 * single look-up without a result proves nothing. After the last look-up, a person decides.
 */
export const lookUpDelaysMinutes = [0, 1, 10, 60] as const;

/** Minutes until the engine looks again if Stripe could not be read before an attempt. */
export const lookAgainMinutes = 10;

/**
 * Hours after a person's word during which the engine tries to look at Stripe. Afterwards the
 * person is asked again.
 */
export const lookLimitHours = 24;

/** What explains an object at Stripe: a payout of ours that has it, or our books and decisions. */
export type Explainer = 'payout' | 'books';

/** An object at Stripe that may be the transfer or payout that a person says was not made. */
export type Sighting = {
  id: string;
  /** True if the object's metadata names the payout, so that a look-up finds and books it. */
  isNamed: boolean;
  /** What was seen, for an operator. Contains only ids, amounts and dates. */
  says: string;
};

/**
 * What a look at Stripe before a person's command showed. `key` is the attempt that was looked for.
 */
export type Seen = { isLooked: boolean; key: string | null; sighting: Sighting | null };

/** Nobody looked at Stripe, because no look is due or Stripe cannot be read. */
export const unseen: Seen = { isLooked: false, key: null, sighting: null };

/** A payout, as far as an object at Stripe is compared with it. */
export type Sought = Pick<
  Payout,
  'payoutId' | 'stripeAccount' | 'currency' | 'fromPlatform' | 'fromAccount'
>;

/**
 * Finds the object that speaks against another attempt of a step. The object names the payout, or
 * it has the payout's account, amount and currency and nobody has explained it. An object whose
 * money came back entirely speaks against nothing.
 */
export function sightingOf(
  payout: Sought,
  step: MoneyStep,
  candidates: readonly Candidate[],
  explained: ReadonlyMap<string, Explainer>,
): Sighting | null {
  const standing = candidates.filter(({ takenBack }) => takenBack !== 'all');
  const named = standing.find(({ id, payoutId }) => {
    return payoutId === payout.payoutId && explained.get(id) !== 'payout';
  });
  if (named) return { id: named.id, isNamed: true, says: sayNamed(named) };
  const alike = standing.find((one) => !explained.has(one.id) && isAlike(payout, step, one));
  return alike ? { id: alike.id, isNamed: false, says: sayAlike(alike) } : null;
}

function isAlike(payout: Sought, step: MoneyStep, one: Candidate): boolean {
  if (one.group === payout.payoutId) return true;
  const { stripeAccount, currency, fromPlatform, fromAccount } = payout;
  const amount = step === 'transfer' ? fromPlatform : fromPlatform + fromAccount;
  const isSame = one.amount === amount && one.currency === currency;
  return isSame && one.account === stripeAccount && !one.hasFailed;
}

function sayNamed({ id }: Candidate): string {
  return `${id} exists at Stripe and names this payout`;
}

function sayAlike({ id, amount, currency, createdAt }: Candidate): string {
  const sum = formatMoney(money(amount, currency));
  return `${id} of ${sum} was made on ${sayDay(createdAt)}, and no payout explains it`;
}

/** Something in our books that names a payout and that no entry of the payout explains. */
export type Unexplained = {
  kind: 'adoption' | 'discrepancy' | 'line';
  /** The id of the adoption's object, of the discrepancy, or of the line. */
  id: string;
  /** The step whose object it is, if it is the object of a step. */
  step: MoneyStep | null;
  /** The object at Stripe, if it is known. */
  object: string | null;
};

/** Says what is unexplained and who must act, for an operator. */
export function sayUnexplained({ kind, id, object }: Unexplained): string {
  switch (kind) {
    case 'adoption':
      return `${id} exists at Stripe in this payout’s name: adopt or dismiss it first, see GET /v1/recovery`;
    case 'discrepancy':
      return `discrepancy ${id} about this payout is open${object ? ` (${object})` : ''}: close it first`;
    case 'line':
      return `Stripe’s books show ${object ?? id} in this payout’s name (line ${id})`;
  }
}

/** Says that the engine looked in vain for too long, for an operator. */
export const couldNotLook = `Stripe could not be read for ${lookLimitHours} hours, so nothing was sent`;
