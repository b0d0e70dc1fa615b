-- Recovery: what Stripe has and a restored database has forgotten.

-- Money that left in the name of a payout that this database did not know. Money stops until a
-- person adopts or dismisses each one.
create table adoptions (
  stripe_id text primary key,
  -- The step of the payout that Stripe carried out.
  step text not null check (step in ('transfer', 'payout')),
  payout_id text not null,
  stripe_account text not null,
  -- What moved; Stripe moves no empty amounts.
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
-- Serves the question what is left to decide.
create index adoptions_open on adoptions (payout_id) where closed_at is null;
