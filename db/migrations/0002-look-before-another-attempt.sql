-- Before another attempt, the engine reads everything in the payout's name that nothing explains.

-- Serves the search for unexplained lines of Stripe's books that name a payout.
create index movements_unexplained on movements (payout_id)
  where payout_id is not null and standing in ('open', 'unknown-payout');
-- Serves the search for open discrepancies about a payout.
create index discrepancies_of_payout on discrepancies (payout_id)
  where payout_id is not null and closed_at is null;
-- Serves the search for discrepancies about an object, which explain it once they are closed.
create index discrepancies_of_object on discrepancies (stripe_id) where stripe_id is not null;
-- Serves the search for the attempt that made an object.
create index attempts_made on attempts (stripe_id) where stripe_id is not null;
