import { refusal } from '../core/errors.ts';
import type { Metadata } from '../core/metadata.ts';
import type { World } from '../core/world.ts';
import { findRecord, readRecord } from '../store/objects.ts';
import type { BankAccount, Payout } from '../store/records.ts';
import { makePayout } from './create.ts';
import { change } from './life.ts';

const oldestSeconds = 90 * 86_400;

/** Reverses a payout: creates a payout with a negative amount that debits the bank account. */
export function reversePayout(w: World, account: string, id: string, metadata: Metadata): Payout {
  const original = readRecord(w, 'payout', id, account);
  const bank = findRecord(w, 'bank_account', original.destination, account);
  const reason = hindrance(w, original, bank);
  if (!bank || reason !== undefined) {
    throw refusal(`Payout ${id} cannot be reversed: ${reason ?? 'its bank account is gone.'}`);
  }
  const order = {
    account,
    amount: -original.amount,
    currency: original.currency,
    metadata,
    originalPayout: id,
  };
  const reversal = makePayout(w, order, bank);
  change(w, original, { reversed_by: reversal.id }, ['payout.updated']);
  return reversal;
}

function hindrance(w: World, payout: Payout, bank: BankAccount | undefined): string | undefined {
  const late = w.clock.seconds() - payout.arrival_date > oldestSeconds;
  if (!['US', 'CA'].includes(bank?.country ?? '')) return 'its bank is not in the US or Canada.';
  if (payout.amount < 0) return 'it is a debit.';
  if (payout.method === 'instant') return 'it was instant.';
  if (payout.reversed_by !== null) return 'it has already been reversed.';
  if (late) return 'it arrived more than 90 days ago.';
  if (payout.status === 'pending' && !payout.automatic) return 'it is pending; cancel it instead.';
  return ['failed', 'canceled'].includes(payout.status) ? `it is ${payout.status}.` : undefined;
}
