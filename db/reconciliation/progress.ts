import { sql } from 'kysely';
import type { SellerId } from '../../domain/ids.ts';
import type { Comparison } from '../../domain/reconciliation/words.ts';
import type { Db } from '../connect.ts';
import { instant } from '../time.ts';

/** How far both sides were read, their sums, and what nothing confirms yet. */
export type ReconciliationRecord = {
  asOf: string;
  passedAt: string | null;
  platform: { readUntil: string | null; linesUpTo: string | null; isReading: boolean };
  accounts: { count: number; neverRead: number; readUntil: string | null };
  /** The platform's lines by type. */
  platformLines: { type: string; currency: string; lines: number; net: number }[];
  /** The money at all accounts, by Stripe's lines and by the ledger. */
  accountSums: { currency: string; lines: number; atStripe: number; inLedger: number }[];
  openLines: number;
  unconfirmedEntries: number;
  openDiscrepancies: number;
};

/** Reads the progress in one statement, so that no part contradicts another. */
export async function readReconciliation(db: Db): Promise<ReconciliationRecord> {
  const { rows } = await sql<ReconciliationRecord>`
    select business_now() as "asOf", passed_at as "passedAt",
      (select count(*) from movements where standing in ('open', 'unknown-payout')) as "openLines",
      (select count(*) from claims where movement_id is null) as "unconfirmedEntries",
      (select count(*) from discrepancies where closed_at is null) as "openDiscrepancies",
      json_build_object('readUntil', ${instant('read_until')}, 'linesUpTo', ${instant('read_from')},
        'isReading', walk_after is not null) as platform,
      (select json_build_object('count', count(*),
          'neverRead', count(*) filter (where movements_read_at is null),
          'readUntil', ${instant('min(movements_read_at)')})
        from sellers where stripe_account is not null) as accounts,
      (select coalesce(json_agg(json_build_object('type', type, 'currency', currency,
          'lines', lines, 'net', net) order by type, currency), '[]')
        from movement_sums where book = 'platform') as "platformLines",
      (select coalesce(json_agg(sums order by sums.currency), '[]') from (
        select currency, sum(lines)::bigint as lines, sum(net)::bigint as "atStripe",
          sum(amount)::bigint as "inLedger"
        from (
          select currency, lines, net, 0 as amount from movement_sums where book <> 'platform'
          union all
          select currency, 0, 0, amount from balances where place in ('account', 'account-reserved')
        ) as parts group by currency
      ) as sums) as "accountSums"
    from reconciliation
  `.execute(db);
  const [row] = rows;
  if (!row) throw new Error('reconciliation has no row');
  return row;
}

/** Reads when both sides were last compared, and when the seller's account was last read. */
export async function readComparison(db: Db, sellerId: SellerId): Promise<Comparison> {
  const { rows } = await sql<Comparison>`
    select passed_at as "lastPassAt", movements_read_at as "accountReadAt"
    from reconciliation left join sellers on sellers.id = ${sellerId}
  `.execute(db);
  return rows[0] ?? { lastPassAt: null, accountReadAt: null };
}
