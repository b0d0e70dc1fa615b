import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

/** What the bare workflow waits for. */
export const goOn = defineSignal('goOn');

const { aFewMs } = proxyActivities<{ aFewMs: () => Promise<void> }>({
  startToCloseTimeout: '10s',
});

/** The least that a payout could be for Temporal: two steps outside and one message in between. */
export async function bare(): Promise<void> {
  let told = false;
  setHandler(goOn, () => {
    told = true;
  });
  await aFewMs();
  await condition(() => told);
  await aFewMs();
}
