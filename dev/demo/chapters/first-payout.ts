import { called, earn, orderPayout, totalOf, untilPayout } from '../payouts.ts';
import type { Stage } from '../stage.ts';
import { inWords } from '../words.ts';

/** Money comes in, one seller earns, and is paid: transfer, payout, bank. */
export async function firstPayout(stage: Stage): Promise<void> {
  const { api, stripe, line } = stage;
  stage.section('The first seller is paid');
  const taken = 50_000_00;
  const charge = { amount: String(taken), currency: 'eur', source: 'tok_bypassPending' };
  await stripe('/v1/charges', charge);
  line(`Customers paid ${inWords(taken)} by card to the platform`);
  const ada = called(stage, 'Ada');
  await earn(stage, ada, 126_50);
  line(`Ada earned ${inWords(126_50)}`);
  const payoutId = await orderPayout(stage, ada);
  line(`Her payout is ordered: ${payoutId}`);
  await untilPayout(stage, payoutId, 'sent');
  await stage.letPass(5);
  const paid = await untilPayout(stage, payoutId, 'paid');
  const { data } = (await api('GET', `/v1/payouts/${payoutId}/timeline`)) as {
    data: { at: string; text: string; stripeId?: string }[];
  };
  line('Its timeline, as the API tells it:');
  for (const { at, text, stripeId } of data) {
    line(`  ${text}${stripeId === undefined ? '' : `: ${stripeId}`}`, at);
  }
  const seconds = ((Date.now() - stage.startedAt) / 1000).toFixed(1);
  line(`Ada has ${totalOf(paid)} at her bank, ${seconds} s after the demo began`);
}
