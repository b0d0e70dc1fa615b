import { fillInHostedPage } from '../hosted-page.ts';
import { called, earn, listPayouts, orderPayout, totalOf, untilPayout } from '../payouts.ts';
import { fact, type Stage } from '../stage.ts';
import { inWords } from '../words.ts';

/** The bank sends money back; with other details the seller is paid out of what came back. */
export async function failingBank(stage: Stage): Promise<void> {
  const { line } = stage;
  stage.section('A bank account that does not exist');
  const pablo = called(stage, 'Pablo');
  await earn(stage, pablo, 84_00);
  line(`Pablo earned ${inWords(84_00)}; he mistyped his bank account`);
  const failing = await orderPayout(stage, pablo);
  const { transferId } = await untilPayout(stage, failing, 'sent');
  line(`Transferred (${transferId}), and sent to the bank`);
  await stage.letPass(5);
  const { failure } = await untilPayout(stage, failing, 'failed');
  line(`The bank sent it back, ${failure?.code}; the money stays at his Stripe account`);
  line(`Pablo is told: ${failure?.forSeller}`);
  await fillInHostedPage(stage, pablo);
  line('Pablo enters another bank account on the hosted page');
  const again = await fact('what failed is paid anew', async () => {
    const payouts = await listPayouts(stage, pablo);
    return payouts.find(({ replaces }) => replaces === failing);
  });
  await untilPayout(stage, again.id, 'sent');
  line(`The engine pays him again, without an order: ${again.id}`);
  await stage.letPass(5);
  const paid = await untilPayout(stage, again.id, 'paid');
  const second = paid.transferId === null ? 'without a second transfer' : 'with a second transfer';
  line(`Pablo has ${totalOf(paid)} at his bank, ${second}`);
}
