import { log } from '@temporalio/activity';
import { isLookDue, recordLook } from '../../db/stripe-events/receipts.ts';
import {
  type DestinationPlan,
  planDestinations,
  wantedDestinations,
} from '../../domain/stripe-events/destinations.ts';
import type { Receipt } from '../../domain/stripe-events/receipts.ts';
import type { StripeDeps } from '../stripe/call-once.ts';
import { stripeApiVersion } from '../stripe/client.ts';
import { listDestinations } from './destinations.ts';

/** The dependencies of a look at the destinations. Without a URL, none are expected. */
export type ReceiptDeps = StripeDeps & { webhookUrl?: string | undefined };

/**
 * Looks every few minutes whether the destinations at Stripe exist and are enabled. A key that may
 * not list destinations says nothing about them.
 */
export async function lookAtDestinations(deps: ReceiptDeps): Promise<void> {
  const { db, webhookUrl } = deps;
  if (webhookUrl === undefined || !(await isLookDue(db))) return;
  try {
    const known = await listDestinations(deps);
    const { plans } = planDestinations(wantedDestinations(stripeApiVersion), known, webhookUrl);
    const seen = plans.map((plan) => ({ role: plan.wanted.role, fault: faultIn(plan) }));
    await recordLook(db, seen);
  } catch (error) {
    log.warn('destinations not read', { error: error instanceof Error ? error.name : '' });
  }
}

function faultIn(plan: DestinationPlan): Receipt['fault'] {
  if (plan.kind === 'make') return 'missing';
  if (plan.kind === 'keep') return null;
  return plan.enable ? 'disabled' : 'wrong-types';
}
