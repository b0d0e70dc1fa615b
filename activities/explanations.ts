import type { Db } from '../db/connect.ts';
import { readSellerFacts } from '../db/explanations/facts.ts';
import { readSellerWithOutlook } from '../db/sellers/steps.ts';
import {
  describeQuietSeller,
  leavesMoney,
} from '../domain/explanations/temporal-ui/quiet-seller.ts';
import { needsAllFacts, type SellerOutlook } from '../domain/explanations/temporal-ui/sellers.ts';
import { describeTroubledSeller } from '../domain/explanations/temporal-ui/troubled-seller.ts';
import type { SellerId } from '../domain/ids.ts';
import { nextSellerStep, type Seller } from '../domain/sellers.ts';
import { paydaysAround } from './paydays/calendar.ts';
import { sayInstant, sayPayday } from './paydays/clocks.ts';

/** Longer than the facts of any usual seller take. A text for people never delays a payout. */
const describedWithinMs = 1000;

/**
 * Reads a seller as its workflow sees it. A seller who is about to wait comes with the text that
 * the Temporal UI shows meanwhile. Only a seller whom something keeps from being paid costs more
 * statements than one.
 */
export async function readSellerToShow(db: Db, sellerId: SellerId): Promise<Seller> {
  const { seller, outlook } = await readSellerWithOutlook(db, sellerId);
  const { kind } = nextSellerStep(seller, new Set());
  if (kind !== 'wait' && kind !== 'over') return seller;
  const details = await describe(db, seller, outlook);
  return { ...seller, ...details };
}

/** Undefined if the text cannot be written now: the workflow then shows what the row says. */
async function describe(
  db: Db,
  seller: Seller,
  outlook: SellerOutlook,
): Promise<Pick<Seller, 'details' | 'needsOperator'> | undefined> {
  const sayPaydayAt = (at: string): string => sayPayday(outlook.schedule, at);
  if (!needsAllFacts(seller, outlook) && !leavesMoney(seller, outlook)) {
    return { details: describeQuietSeller(seller, outlook, sayPaydayAt), needsOperator: false };
  }
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), describedWithinMs);
  });
  const read = readSellerFacts(db, seller.sellerId, paydaysAround).then((facts) => {
    return (
      facts &&
      describeTroubledSeller(
        facts,
        { ...outlook, lastError: seller.lastError ?? null },
        sayInstant,
        sayPaydayAt,
      )
    );
  });
  try {
    return await Promise.race([read, tooLate]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
