import { sql } from 'kysely';
import type { AccountRead, ReadError } from '../../domain/failed-reads/accounts.ts';
import type { StripeAccountId } from '../../domain/ids.ts';
import { waitNames } from '../../domain/waits.ts';
import type { Db, Tx } from '../connect.ts';
import { isOpen } from '../schema/statuses.ts';
import { businessNow } from '../time.ts';
import { insertWakeUps, workflowId } from '../wake-ups.ts';

/** A failed read of an account. `compareFrom` is given for payouts that were not compared. */
type Failed = {
  account: StripeAccountId;
  what: AccountRead;
  error: ReadError;
  /** True if Stripe answered. */
  refused: boolean;
  compareFrom?: string;
};

/**
 * Records that a read of an account failed, and why. The first failure and the earliest time to
 * compare from are kept.
 */
export async function recordFailedRead(db: Db, failed: Failed): Promise<void> {
  const { account, what, error, refused, compareFrom } = failed;
  await db
    .insertInto('failed_reads')
    .values({
      stripe_account: account,
      what,
      endpoint: error.endpoint,
      status_code: error.statusCode,
      code: error.code,
      permission: error.permission,
      refused,
      compare_from: compareFrom ?? null,
    })
    .onConflict((conflict) =>
      conflict.columns(['stripe_account', 'what']).doUpdateSet((of) => ({
        endpoint: of.ref('excluded.endpoint'),
        status_code: of.ref('excluded.status_code'),
        code: of.ref('excluded.code'),
        permission: of.ref('excluded.permission'),
        refused: of.ref('excluded.refused'),
        tried_at: businessNow,
        compare_from: sql`least(failed_reads.compare_from, excluded.compare_from)`,
      })),
    )
    .execute();
}

/**
 * Records that these accounts can be read again, and wakes the payouts that waited for the reads.
 */
export async function forgetFailedReads(
  tx: Tx,
  accounts: readonly StripeAccountId[],
  what: AccountRead,
): Promise<void> {
  if (accounts.length === 0) return;
  const gone = await tx
    .deleteFrom('failed_reads')
    .where('stripe_account', 'in', accounts)
    .where('what', '=', what)
    .returning('stripe_account')
    .execute();
  if (gone.length === 0) return;
  const names = gone.map((row) => row.stripe_account);
  await insertWakeUps(
    tx,
    sql`select ${workflowId('payout', 'payouts.id')}, array['payouts'] from payouts
        join sellers on sellers.id = seller_id
      where sellers.stripe_account = any(${names}::text[])
        and waiting_for = ${waitNames.unreadAccount} and ${isOpen()}`,
  );
}

/** Lists accounts whose payouts could not be compared after a start, longest untried first. */
export async function listUncomparedAccounts(
  db: Db,
  limit: number,
): Promise<{ account: StripeAccountId; since: string }[]> {
  const { rows } = await sql<{ account: StripeAccountId; since: string }>`
    select stripe_account as account, compare_from as since from failed_reads
    where compare_from is not null order by tried_at limit ${limit}
  `.execute(db);
  return rows;
}
