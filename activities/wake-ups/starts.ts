import type { Client, WorkflowStartOptions } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  type PayoutId,
  payoutWorkflowId,
  type SellerId,
  sellerWorkflowId,
} from '../../domain/ids.ts';
import { searchAttributes } from '../../domain/wake-ups.ts';
import { engineQueue } from '../../workflows/messages.ts';

/**
 * These policies are only a convenience: the rows decide what a workflow does, so a second start is
 * harmless.
 */
const idPolicies = {
  workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
  workflowIdConflictPolicy: 'USE_EXISTING',
} as const;

/**
 * Allows a start after a workflow with this id completed, because its row is open, for example of a
 * reopened seller.
 */
const reopenable = { ...idPolicies, workflowIdReusePolicy: 'ALLOW_DUPLICATE' } as const;

/**
 * Starts the workflow of a payout unless it runs or has completed. With `again`, a completed
 * workflow is started again because its row is open, for example after a restore.
 */
export async function startPayoutWorkflow(
  client: Client,
  { payoutId, sellerId }: { payoutId: PayoutId; sellerId: SellerId },
  again = false,
): Promise<void> {
  await start(client, 'payout', {
    ...(again ? reopenable : idPolicies),
    workflowId: payoutWorkflowId(payoutId),
    taskQueue: engineQueue,
    args: [{ payoutId }],
    staticSummary: `Payout to seller ${sellerId}`,
    typedSearchAttributes: [{ key: searchAttributes.sellerId, value: sellerId }],
  });
}

/** Starts the workflow of a seller whose row is open, unless it runs. */
export async function startSellerWorkflow(client: Client, sellerId: SellerId): Promise<void> {
  await start(client, 'sellerLifecycle', {
    ...reopenable,
    workflowId: sellerWorkflowId(sellerId),
    taskQueue: engineQueue,
    args: [{ sellerId }],
    staticSummary: `Seller ${sellerId}`,
    typedSearchAttributes: [{ key: searchAttributes.sellerId, value: sellerId }],
  });
}

async function start(client: Client, type: string, options: WorkflowStartOptions): Promise<void> {
  try {
    await client.workflow.start(type, options);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
