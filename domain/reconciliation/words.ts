import { money } from '../money.ts';
import type { Resolving } from '../parking/commands.ts';
import { causes, type DiscrepancyRecord } from './discrepancies.ts';

/** Adds to a discrepancy its explanation, both sides, who must act, and how it is closed. */
export function explainDiscrepancy(record: DiscrepancyRecord) {
  const { cause, object, sellerId, payoutId, openedAt, agreesSince } = record;
  const { owner, what, remedy } = causes[cause];
  return {
    id: record.id,
    state: record.closedAt === null ? ('open' as const) : ('closed' as const),
    cause,
    explanation: what,
    remedy,
    owner,
    object,
    sellerId,
    payoutId,
    atStripe: sideOf(record.atStripe, record.stripeCurrency, {
      movementId: record.movementId,
      stripeId: record.stripeId,
    }),
    inLedger: sideOf(record.inLedger, record.ledgerCurrency, {
      entryId: record.entryId === null ? null : String(record.entryId),
    }),
    openedAt,
    agreesSince,
    closedAt: record.closedAt,
    closedBy: record.closedBy,
    closeReason: record.closeReason,
  };
}

/** The request that closes a discrepancy, for operators. */
export function closingOf(id: string): Resolving {
  const path = `/v1/discrepancies/${id}/close`;
  const when = 'A person has examined the discrepancy, and nothing remains to be done';
  return { method: 'POST', path, body: { reason: '...' }, when };
}

function sideOf<Ids extends object>(amount: number | null, currency: string | null, ids: Ids) {
  return amount === null || currency === null ? null : { money: money(amount, currency), ...ids };
}
