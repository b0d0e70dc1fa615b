import { earn, orderPayout, totalOf, untilPayout } from '../payouts.ts';
import { fact, type Stage } from '../stage.ts';

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
  await stage.letPass(4);
  for (const [index, payoutId] of payouts.entries()) {
    const paid = await untilPayout(stage, payoutId, 'paid');
    line(`${people[index]?.name} has ${totalOf(paid)} at the bank`);
  }
  await sandbox('PUT', '/holds', { holds: [] });
}
