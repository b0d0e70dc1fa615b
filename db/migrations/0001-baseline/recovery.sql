-- Recovery: objects that Stripe has and that a restored database lacks.

-- Transfers and payouts at Stripe for payouts that this database did not know. Money stops until a
-- person adopts or dismisses each one.
create table adoptions (
  stripe_id text primary key,
  -- The step of the payout that Stripe carried out.
  step text not null check (step in ('transfer', 'payout')),
  payout_id text not null,
  stripe_account text not null,
  -- The amount that moved. Stripe never moves an amount of 0.
  amount bigint not null check (amount > 0),
  currency text not null,
  created_at timestamptz not null,
  found_at timestamptz not null default business_now(),
  closed_at timestamptz,
  closed_by text,
  -- Null while a person has to decide.
  outcome text check (outcome in ('adopted', 'dismissed')),
  reason text,
  -- A decision has a time, and only a decision has one.
  constraint closing_has_its_outcome check ((closed_at is null) = (outcome is null))
);
-- Serves the list of adoptions that a person must still decide.
create index adoptions_open on adoptions (payout_id) where closed_at is null;
