import { called, earn, orderPayout, totalOf, untilPayout, type Payout } from '../payouts.ts';
import { fact, type Stage } from '../stage.ts';
import { inWords } from '../words.ts';

/** Money that is held waits, and the API says who holds it and what lifts it. */
export async function hold(stage: Stage): Promise<void> {
  const { api, line } = stage;
  stage.section('A hold, and its release');
  const niamh = called(stage, 'Niamh');
  const reason = 'Her orders of last night look odd';
  const placed = (await api('POST', `/v1/sellers/${niamh.id}/holds`, { reason })) as { id: string };
  line(`An operator holds all of Niamh's money: "${reason}"`);
  await earn(stage, niamh, 310_00);
  const payoutId = await orderPayout(stage, niamh);
  line(`Niamh earned ${inWords(310_00)}, and her payout is ordered`);
  const why = await fact('it waits for the hold', async () => {
    const payout = (await api('GET', `/v1/payouts/${payoutId}`)) as Payout;
    return payout.waitingFor === 'hold' && payout.waiting?.reason;
  });
  line(`It waits: ${why}`);
  await api('POST', `/v1/holds/${placed.id}/release`, { reason: 'The orders are real' });
  line('The orders are real: the operator releases the hold');
  await untilPayout(stage, payoutId, 'sent');
  await stage.letPass(5);
  const paid = await untilPayout(stage, payoutId, 'paid');
  line(`Niamh has ${totalOf(paid)} at her bank`);
}
