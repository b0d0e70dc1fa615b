import type { Tx } from '../../db/connect.ts';
import { showPayout } from '../../domain/explanations/payout-words.ts';
import type { PayoutId } from '../../domain/ids.ts';
import { readPayout } from '../http/found.ts';

/** Answers a command with the payout as it is after the command. */
export async function answerPayout(tx: Tx, payoutId: PayoutId) {
  const body = showPayout(await readPayout(tx, payoutId));
  return { status: 200 as const, body, objectId: payoutId };
}
