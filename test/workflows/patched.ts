import { patched } from '@temporalio/workflow';
import type { PayoutInput } from '../../workflows/messages.ts';
import { payout as before } from '../../workflows/payout.ts';
import { payout as after } from './changed.ts';

/** The same change as it has to be made: what is under way goes on in the old order. */
export async function payout(input: PayoutInput): Promise<void> {
  if (patched('payout-before-transfer')) await after(input);
  else await before(input);
}
