import { sql } from 'kysely';
import { waitNames } from '../../domain/waits.ts';
import { isActive } from '../funds.ts';

/** True for a payout whose transfer waits for money in the platform's balance. */
export const lacksPlatformMoney = sql`parked is null
  and waiting_for = ${sql.lit(waitNames.platformBalance)}`;

/** Rows of `waiting`: holds that only a release ends, and money that the platform must add. */
export const holdsAndFunding = sql`
  select 'hold', id, seller_id, currency, 'held', null, null,
    date_trunc('milliseconds', placed_at, 'UTC')
    from holds where released_at is null and expires_at is null and not exists (select from
      discrepancies where discrepancies.id = holds.about and closed_at is null)
  union all
  select 'funding', currency, null, currency, 'platform-money-missing', count(*)::text, null,
    date_trunc('milliseconds', min(waits_since), 'UTC')
    from payouts where ${lacksPlatformMoney} group by currency`;

/** The active holds because of a discrepancy, which is a row of `waiting` named `stopped`. */
export const holdsAbout = sql`array(select holds.id from holds where kind = 'discrepancy'
  and holds.about = stopped.id and ${isActive} order by placed_at, holds.id)`;

/** Who placed the hold that is a row of `waiting`, named `stopped`, and why. */
export const holdItself = sql`(select json_build_object('by', coalesce(name, placed_by),
    'reason', reason)
  from holds left join api_keys on api_keys.id = placed_by
  where kind = 'hold' and holds.id = stopped.id)`;
