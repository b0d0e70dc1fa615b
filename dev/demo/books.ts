import { listPayouts, totalOf, type Payout } from './payouts.ts';
import type { Person, Stage } from './stage.ts';
import { inWords, table } from './words.ts';

/** A payout in the sandbox's own book. */
export type BookedPayout = {
  id: string;
  amount: number;
  currency: string;
  status: string;
  metadata: Record<string, string>;
};

/** How a payout stands at Stripe while it stands so with us. */
const atStripe: Record<string, string[]> = {
  sent: ['pending', 'in_transit'],
  paid: ['paid'],
  settled: ['paid'],
  failed: ['failed'],
  returned: ['failed'],
  canceled: ['canceled'],
};
const isAtBank = new Set(['paid', 'settled']);

/** Money that moved from the platform to an account, in the sandbox's own book. */
export type BookedTransfer = { id: string; amount: number; metadata: Record<string, string> };
type Book = { payouts: BookedPayout[]; transfers: BookedTransfer[] };

/** Where the answers of the API and the sandbox's book differ, each as one line; best none. */
export function differences(ours: readonly Payout[], book: Book): string[] {
  const sent = ours.filter(({ stripePayoutId }) => stripePayoutId !== null);
  const transferred = ours.filter(({ transferId }) => transferId !== null);
  const payouts = new Map(book.payouts.map((payout) => [payout.id, payout]));
  const transfers = new Map(book.transfers.map((transfer) => [transfer.id, transfer]));
  const known = new Set(sent.map(({ stripePayoutId }) => stripePayoutId));
  const knownTransfers = new Set(transferred.map(({ transferId }) => transferId));
  return [
    ...sent.flatMap((payout) => payoutFault(payout, payouts.get(payout.stripePayoutId ?? ''))),
    ...transferred.flatMap((one) => transferFault(one, transfers.get(one.transferId ?? ''))),
    ...book.payouts.filter(({ id }) => !known.has(id)).map(isForeign),
    ...book.transfers.filter(({ id }) => !knownTransfers.has(id)).map(isForeign),
  ];
}

function payoutFault(ours: Payout, theirs: BookedPayout | undefined): string[] {
  if (!theirs) return [`${ours.id}: Stripe has no ${ours.stripePayoutId}`];
  const isSame =
    theirs.amount === ours.total.amount &&
    theirs.currency === ours.total.currency &&
    theirs.metadata['payout_id'] === ours.id &&
    atStripe[ours.status]?.includes(theirs.status);
  if (isSame) return [];
  const words = `${inWords(theirs.amount, theirs.currency)} ${theirs.status}`;
  return [`${ours.id}: we say ${totalOf(ours)} ${ours.status}, Stripe says ${words}`];
}

function transferFault(ours: Payout, theirs: BookedTransfer | undefined): string[] {
  if (!theirs) return [`${ours.id}: Stripe has no ${ours.transferId}`];
  const isSame =
    theirs.amount === ours.fromPlatform.amount && theirs.metadata['payout_id'] === ours.id;
  return isSame ? [] : [`${ours.id}: its transfer ${theirs.id} is another at Stripe`];
}

function isForeign({ id }: { id: string }): string {
  return `${id}: at Stripe, and not ours`;
}

/** Who was paid what, and whether the books agree; answers with the number of differences. */
export async function closeTheBooks(stage: Stage): Promise<number> {
  const { sandbox, people, line } = stage;
  stage.section('Who was paid what');
  const payouts = await listPayouts(stage);
  const rows = [['seller', 'country', 'earned', 'paid', 'payouts', 'on its way', 'not paid yet']];
  const faults: string[] = [];
  for (const person of people) {
    const { row, sum, atBank } = await lineOf(stage, person, payouts);
    rows.push(row);
    if (sum === atBank) continue;
    faults.push(`${person.name}: paid ${inWords(sum)}, by the ledger ${inWords(atBank)}`);
  }
  stage.text([...table(rows), '']);
  const book = (await sandbox('GET', '/book')) as Book;
  faults.push(...differences(payouts, book));
  for (const fault of faults) line(`DIFFERS: ${fault}`);
  if (faults.length > 0) return faults.length;
  stage.text([
    `The sandbox keeps a book of its own: ${book.transfers.length} transfers and ${book.payouts.length} payouts.`,
    'Each is one of ours; id, amount and state agree. Nobody was paid twice.',
  ]);
  return 0;
}

async function lineOf({ api }: Stage, { id, name, country }: Person, payouts: readonly Payout[]) {
  const { data } = (await api('GET', `/v1/sellers/${id}/balances`)) as {
    data: { places: Record<string, number> }[];
  };
  const at = (place: string): number => data[0]?.places[place] ?? 0;
  const kept = at('platform') + at('platform-reserved') + at('account') + at('account-reserved');
  const paid = payouts.filter(({ sellerId, status }) => sellerId === id && isAtBank.has(status));
  const sum = paid.reduce((total, payout) => total + payout.total.amount, 0);
  const [earned = '', atBank = '', onItsWay = '', notYet = ''] = [
    -at('owed'),
    at('bank'),
    at('in-transit'),
    kept,
  ].map((amount) => inWords(amount));
  const row = [name, country, earned, atBank, String(paid.length), onItsWay, notYet];
  return { row, sum, atBank: at('bank') };
}
