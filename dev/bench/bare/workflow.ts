import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

/** The signal that the bare workflow waits for. */
export const goOn = defineSignal('goOn');

const { aFewMs } = proxyActivities<{ aFewMs: () => Promise<void> }>({
  startToCloseTimeout: '10s',
});

/**
 * The least work that a payout could cause in Temporal: two activities and one signal between them.
 */
export async function bare(): Promise<void> {
  let told = false;
  setHandler(goOn, () => {
    told = true;
  });
  await aFewMs();
  await condition(() => told);
  await aFewMs();
}
