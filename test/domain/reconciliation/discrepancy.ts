import type { DiscrepancyRecord } from '../../../domain/reconciliation/discrepancies.ts';

/** An open discrepancy: a transfer of 100.00 EUR to a seller that nobody ordered. */
export function aDiscrepancy(given: Partial<DiscrepancyRecord> = {}): DiscrepancyRecord {
  return {
    id: 'disc_1',
    cause: 'transfer-not-ordered',
    object: 'tr_1',
    seller: null,
    sellerId: 'sel_1',
    payoutId: null,
    movementId: 'txn_1',
    stripeId: 'tr_1',
    atStripe: 100_00,
    stripeCurrency: 'eur',
    entryId: null,
    inLedger: null,
    ledgerCurrency: null,
    openedAt: '2026-11-27T08:00:00.000Z',
    agreesSince: null,
    closedAt: null,
    closedBy: null,
    closeReason: null,
    outcome: null,
    ...given,
  };
}
