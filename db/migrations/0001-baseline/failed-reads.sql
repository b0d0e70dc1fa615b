-- Reads of sellers' accounts that fail. One such account holds its own seller and nobody else.

-- What Stripe does not let the engine read of an account, and why. A row disappears when the read
-- succeeds. The account may belong to no seller of a restored database.
create table failed_reads (
  stripe_account text not null,
  -- The account itself, its balance transactions, or its payouts since a start of PostgreSQL.
  what text not null check (what in ('account', 'books', 'payouts')),
  endpoint text,
  -- Null if Stripe gave no answer.
  status_code integer,
  code text,
  -- The permission of a restricted key that Stripe says is missing.
  permission text,
  -- Stripe answered that it refuses the read. Any other failure counts only after some time.
  refused boolean not null,
  since timestamptz not null default business_now(),
  tried_at timestamptz not null default business_now(),
  -- From when the account's payouts must be compared before anything is sent to the account.
  compare_from timestamptz,
  primary key (stripe_account, what),
  -- Only the payouts of an account are compared after a start.
  constraint payouts_are_compared check ((what = 'payouts') = (compare_from is not null))
);

-- True if the account of this payout could not be read when this database was compared with Stripe.
-- A restored database may lack payouts of the account, so nothing is sent to it.
create function is_uncompared(payout text) returns boolean language sql stable as $$
  select exists (select from failed_reads join payouts using (stripe_account)
    where payouts.id = payout and compare_from is not null)
$$;
