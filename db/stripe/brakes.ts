import { type RawBuilder, sql } from 'kysely';
import type { Brake } from '../../domain/payouts/sending.ts';
import { activeHoldsIn, freeIn } from '../funds.ts';
import { businessNow } from '../time.ts';

/**
 * What keeps the payout with this id from being sent now, as SQL: `brakeOf` in
 * domain/payouts/sending.ts. Null if nothing does. The money that is not held is added up only if
 * something is held.
 */
export function brakeOn(payoutId: RawBuilder<unknown>) {
  const [sellerId, currency] = [sql.ref('braked.seller_id'), sql.ref('braked.currency')];
  const of = { sellerId, currency, by: businessNow };
  return sql<Brake | null>`(select case
      when braked.cancel_ordered_at is not null then 'canceled'
      when exists (select from sellers where sellers.id = braked.seller_id
        and sellers.paused_at is not null) then 'paused'
      when bank_is_paused(braked.seller_id, braked.currency) then 'bank-paused'
      when held.everything then 'held'
      when held.by_person and held.amount > ${freeIn(of)} then 'partly-held' end
    from payouts as braked left join lateral (
      select bool_or(amount is null) as everything, sum(amount) as amount,
        bool_or(source <> 'system') as by_person
      from ${activeHoldsIn(of)}) as held on true
    where braked.id = ${payoutId})`;
}

/** When the first active hold on the payout's currency expires, as SQL. Null if none expires. */
export function firstExpiryOn(payoutId: RawBuilder<unknown>) {
  const [sellerId, currency] = [sql.ref('braked.seller_id'), sql.ref('braked.currency')];
  return sql<string | null>`(select min(active.expires_at) from payouts as braked
    cross join lateral (select expires_at from ${activeHoldsIn({ sellerId, currency, by: businessNow })}
    ) as active where braked.id = ${payoutId})`;
}
