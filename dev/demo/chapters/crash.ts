import type { BookedPayout } from '../books.ts';
import { earn, orderPayout, totalOf, untilPayout, type Payout } from '../payouts.ts';
import { fact, type Stage } from '../stage.ts';
import { inWords, table } from '../words.ts';

/** The worker dies in a payday, just when Stripe has paid and its answer is on the way. */
export async function crash(stage: Stage): Promise<void> {
  const { people, sandbox, line } = stage;
  stage.section('The worker is killed in the middle of a payday');
  await Promise.all(people.map(async (person, index) => earn(stage, person, 40_00 + index * 7_35)));
  line(`All ${people.length} sellers earned money`);
  const answer = { id: 'answer', when: 'after', method: 'POST', path: '/v1/payouts', count: 1 };
  await sandbox('PUT', '/holds', { holds: [answer] });
  const payouts = await Promise.all(people.map(async (person) => orderPayout(stage, person)));
  line(`${payouts.length} payouts are ordered at once`);
  await fact('an answer of Stripe is on its way', async () => {
    const { holds } = (await sandbox('GET', '/holds')) as { holds: { waiting: unknown[] }[] };
    return holds.some(({ waiting }) => waiting.length > 0);
  });
  line('Stripe took one of them; its answer is still on the way');
  const pid = stage.killWorker();
  await sandbox('POST', '/holds/answer/release', { drop: true });
  line(`kill -9 ${pid}: the worker is gone, and the answer with it`);
  const sent = await Promise.all(payouts.map(async (id) => untilPayout(stage, id, 'sent')));
  line(`A new worker asked again with the same keys: all ${sent.length} are sent`);
  await stage.letPass(5);
  await sandbox('PUT', '/holds', { holds: [] });
  const paid = await Promise.all(payouts.map(async (id) => untilPayout(stage, id, 'paid')));
  line('The engine’s answers beside the book that the sandbox keeps:');
  stage.text(['', ...table(await sideBySide(stage, paid))]);
}

/** What was paid, as the API tells it and as the sandbox's own book has it. */
async function sideBySide({ people, sandbox }: Stage, paid: readonly Payout[]) {
  const book = (await sandbox('GET', '/book')) as { payouts: BookedPayout[] };
  const rows = paid.flatMap((payout) => {
    const name = people.find(({ id }) => id === payout.sellerId)?.name ?? '';
    const ours = [name, String(payout.stripePayoutId), totalOf(payout), payout.status];
    const booked = book.payouts.filter(({ metadata }) => metadata['payout_id'] === payout.id);
    return booked.map(({ id, amount, currency, status }) => {
      return [
        ...ours,
        id === payout.stripePayoutId ? 'the same' : id,
        inWords(amount, currency),
        status,
      ];
    });
  });
  return [['seller', 'at Stripe', 'engine', 'state', 'book', 'amount', 'state'], ...rows];
}
