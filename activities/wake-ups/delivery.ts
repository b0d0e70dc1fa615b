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

/** Where wake-ups are delivered: Temporal, and the task queue of the workflows. */
export type WakeTarget = { client: Pick<Client, 'workflow' | 'withDeadline'>; taskQueue: string };

/** The result of a wake-up: delivered, or dropped because its workflow is over. */
export type WakeDelivery = 'told' | 'dropped';

/** Longer than any healthy answer takes, so that a hanging Temporal does not delay the rest. */
const answerWithinMs = 5000;

/**
 * Signals one workflow to look again, and starts a seller's workflow that does not run. Wake-ups of
 * a closed seller or a finished payout are dropped. Throws while Temporal does not accept the
 * signal. A signal that is delivered twice only makes the workflow look twice.
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
    // A seller's workflow completes only when the seller is closed; only a reopening starts it
    // again. After a termination or failure, it starts again from its row.
    workflowIdReusePolicy: topics.includes('reopened')
      ? 'ALLOW_DUPLICATE'
      : 'ALLOW_DUPLICATE_FAILED_ONLY',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `Seller ${sellerId}`,
    typedSearchAttributes: [{ key: searchAttributes.sellerId, value: sellerId }],
  });
}

/**
 * Signals the workflow of a payout and never starts it, because only a seller's workflow starts
 * payouts. `job/revive` starts a payout's workflow that should run but does not.
 */
async function wakePayout(
  { client }: WakeTarget,
  payoutId: PayoutId,
  topics: WakeTopic[],
): Promise<void> {
  await client.workflow.getHandle(payoutWorkflowId(payoutId)).signal(lookAgain, topics);
}
