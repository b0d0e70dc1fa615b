import { fillInHostedPage } from '../hosted-page.ts';
import { called, earn, orderPayout, totalOf, untilPayout } from '../payouts.ts';
import type { Stage } from '../stage.ts';
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
  line(`Transferred (${transferId}) and sent to the bank`);
  await stage.letPass(4);
  const failed = await untilPayout(stage, failing, 'failed');
  line(`The bank sent it back: ${failed.failureCode}. The money stays at his Stripe account`);
  await fillInHostedPage(stage, pablo);
  line('Pablo enters another bank account on the hosted page');
  const again = await orderPayout(stage, pablo);
  await untilPayout(stage, again, 'sent');
  await stage.letPass(4);
  const paid = await untilPayout(stage, again, 'paid');
  const second = paid.transferId === null ? 'without a second transfer' : 'with a second transfer';
  line(`Pablo has ${totalOf(paid)} at his bank, ${second}`);
}
