import { sql } from 'kysely';
import type { Cause } from '../domain/discrepancies.ts';
import { newId, type PayoutId, type SellerId } from '../domain/ids.ts';
import type { Tx } from './connect.ts';

/** A difference as it is found: what is on each side, as far as there is anything. */
export type Difference = {
  cause: Cause;
  /** What it is about; each cause is opened once for it, and never again. */
  object: string;
  sellerId: SellerId | null;
  payoutId?: PayoutId | null;
  atStripe?: { movementId: string; object: string | null; net: number; currency: string };
  inLedger?: { entryId: number; net: number; currency: string };
};

/** Opens what is not open already; what a person closed stays closed. Answers with how many. */
export async function openDiscrepancies(tx: Tx, found: readonly Difference[]): Promise<number> {
  if (found.length === 0) return 0;
  const given = JSON.stringify(
    found.map(({ cause, object, sellerId, payoutId, atStripe, inLedger }) => ({
      id: newId('disc'),
      cause,
      object,
      seller_id: sellerId,
      payout_id: payoutId ?? null,
      movement_id: atStripe?.movementId ?? null,
      stripe_id: atStripe?.object ?? null,
      at_stripe: atStripe?.net ?? null,
      stripe_currency: atStripe?.currency ?? null,
      entry_id: inLedger?.entryId ?? null,
      in_ledger: inLedger?.net ?? null,
      ledger_currency: inLedger?.currency ?? null,
    })),
  );
  const { rows } = await sql`
    insert into discrepancies (id, cause, object, seller_id, payout_id, movement_id, stripe_id,
      at_stripe, stripe_currency, entry_id, in_ledger, ledger_currency)
    select * from jsonb_to_recordset(${given}::jsonb) as given(id text, cause text, object text,
      seller_id text, payout_id text, movement_id text, stripe_id text, at_stripe bigint,
      stripe_currency text, entry_id bigint, in_ledger bigint, ledger_currency text)
    on conflict (cause, object) do nothing returning id
  `.execute(tx);
  return rows.length;
}
