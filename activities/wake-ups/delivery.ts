import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/common';
import type { WakeUp } from '../../db/wake-ups.ts';
import {
  type PayoutId,
  payoutWorkflowId,
  type SellerId,
  sellerWorkflowId,
  subjectOf,
} from '../../domain/ids.ts';
import { searchAttributes, type WakeTopic } from '../../domain/wake-ups.ts';
import { lookAgain, type SellerInput } from '../../workflows/messages.ts';

/** Where wake-ups go: Temporal, and the queue on which workflows run. */
export type WakeTarget = { client: Pick<Client, 'workflow' | 'withDeadline'>; taskQueue: string };

/** What became of a wake-up: told, or nobody is there to be told any more. */
export type WakeDelivery = 'told' | 'dropped';

/** Longer than any healthy answer, so that a Temporal that hangs does not hold the rest up. */
const answerWithinMs = 5000;

/**
 * Tells one workflow to look again, and starts a seller's that does not run yet. A seller that was
 * closed and a payout that is over need no telling. Throws while Temporal does not take it; told
 * twice, a workflow only looks twice.
 */
export async function deliverWakeUp(
  target: WakeTarget,
  { workflowId, topics }: Pick<WakeUp, 'workflowId' | 'topics'>,
): Promise<WakeDelivery> {
  const subject = subjectOf(workflowId);
  if (!subject) return 'dropped';
  try {
    await target.client.withDeadline(Date.now() + answerWithinMs, () =>
      subject.kind === 'seller'
        ? wakeSeller(target, subject.id, topics)
        : wakePayout(target, subject.id, topics),
    );
    return 'told';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'dropped';
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'dropped';
    throw error;
  }
}

async function wakeSeller(
  { client, taskQueue }: WakeTarget,
  sellerId: SellerId,
  topics: WakeTopic[],
): Promise<void> {
  const input: SellerInput = { sellerId };
  await client.workflow.signalWithStart('sellerLifecycle', {
    workflowId: sellerWorkflowId(sellerId),
    taskQueue,
    args: [input],
    signal: lookAgain,
    signalArgs: [topics],
    // A seller's workflow completes only when the seller is closed, and then only a reopening starts
    // it again; one that was terminated or failed starts again from its row.
    workflowIdReusePolicy: topics.includes('reopened')
      ? 'ALLOW_DUPLICATE'
      : 'ALLOW_DUPLICATE_FAILED_ONLY',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `Seller ${sellerId}`,
    typedSearchAttributes: [{ key: searchAttributes.sellerId, value: sellerId }],
  });
}

/** Only a seller's workflow starts payouts; one that should run and does not is revived by a job. */
async function wakePayout(
  { client }: WakeTarget,
  payoutId: PayoutId,
  topics: WakeTopic[],
): Promise<void> {
  await client.workflow.getHandle(payoutWorkflowId(payoutId)).signal(lookAgain, topics);
}
