import { fact, type Person, type Stage } from './stage.ts';
import { inWords } from './words.ts';

/** A payout as the API tells it, as far as the story needs it. */
export type Payout = {
  id: string;
  sellerId: string;
  status: string;
  currency: string;
  total: { amount: number; currency: string };
  fromPlatform: { amount: number };
  fromAccount: { amount: number };
  transferId: string | null;
  stripePayoutId: string | null;
  waitingFor: string | null;
  waiting: { reason: string } | null;
  failure: { code: string; forSeller: string } | null;
  replaces: string | null;
  skipReason: string | null;
  skipped: string | null;
  payday: string | null;
  lastPayday: string | null;
};

/** Owes a seller more. */
export async function earn({ api }: Stage, { id }: Person, amount: number): Promise<void> {
  await api('POST', `/v1/sellers/${id}/earnings`, { amount, currency: 'eur' });
}

/** Orders a payout of all that is payable. */
export async function orderPayout({ api }: Stage, { id }: Person): Promise<string> {
  const payout = (await api('POST', `/v1/sellers/${id}/payouts`, {})) as Payout;
  return payout.id;
}

/** Waits until a payout is in one of these states. */
export async function untilPayout(
  { api }: Stage,
  payoutId: string,
  ...statuses: string[]
): Promise<Payout> {
  return fact(`${payoutId} is ${statuses.join(' or ')}`, async () => {
    const payout = (await api('GET', `/v1/payouts/${payoutId}`)) as Payout;
    return statuses.includes(payout.status) && payout;
  });
}

/** Every payout there is, or every one of a seller, newest first. */
export async function listPayouts({ api }: Pick<Stage, 'api'>, seller?: Person): Promise<Payout[]> {
  const all: Payout[] = [];
  const path = `${seller ? `/v1/sellers/${seller.id}` : '/v1'}/payouts?limit=100`;
  let cursor: string | null = null;
  do {
    const next = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = (await api('GET', `${path}${next}`)) as {
      data: Payout[];
      nextCursor: string | null;
    };
    all.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}

/** An amount with its currency. */
export function totalOf({ total }: Pick<Payout, 'total'>): string {
  return inWords(total.amount, total.currency);
}

/** The person of the cast with this name. */
export function called({ people }: Stage, name: string): Person {
  const person = people.find((one) => one.name === name);
  if (!person) throw new Error(`nobody is called ${name}`);
  return person;
}
