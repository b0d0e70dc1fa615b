import type { Tx } from '../../../db/connect.ts';
import { pauseSeller, resumeSeller } from '../../../db/sellers/pauses.ts';
import type { SellerId } from '../../../domain/ids.ts';
import { act, type Case } from '../../build/event-cases.ts';

const by = 'key_1';

/** How each event about a pause is caused, for events.test.ts. */
export function pauseCases(
  inTx: (run: (tx: Tx) => Promise<unknown>) => Promise<unknown>,
  newSeller: () => Promise<SellerId>,
): Case[] {
  const pause = (reason: string) => (sellerId: SellerId) =>
    inTx((tx) => pauseSeller(tx, { sellerId, reason, by }));
  const resume = (sellerId: SellerId) =>
    inTx((tx) => resumeSeller(tx, { sellerId, reason: 'free text', by }));
  const liftFirst = (sellerId: SellerId) =>
    inTx(async (tx) => {
      const { id: pauseId } = await tx
        .selectFrom('seller_pauses')
        .select('id')
        .where('seller_id', '=', sellerId)
        .where('reason', '=', 'free text')
        .executeTakeFirstOrThrow();
      await resumeSeller(tx, { sellerId, pauseId, reason: 'free text', by });
    });
  return [
    [
      'seller.paused',
      { reason: null, actor: by },
      async () => act(await newSeller(), pause('free text')),
    ],
    [
      'seller.pause_lifted',
      { status: 'active', actor: by },
      async () => act(await newSeller(), pause('free text'), pause('more free text'), liftFirst),
    ],
    [
      'seller.resumed',
      { status: 'active', actor: by },
      async () => act(await newSeller(), pause('free text'), resume),
    ],
  ];
}
