-- Requests to Stripe that create or move something.

-- Each attempt is written before its request is sent, so that a crash in between is noticed and a
-- retry sends the same body under the same key.
create table attempts (
  -- The Idempotency-Key at Stripe.
  key text primary key,
  object_id text not null,
  step text not null,
  -- Attempts of one step are numbered from 1.
  number integer not null check (number > 0),
  -- Unknown: the request was sent, and no answer says what became of it.
  state text not null default 'started'
    check (state in ('started', 'succeeded', 'refused', 'unknown')),
  account text,
  api_version text not null,
  -- The body as sent. A retry sends this body, never a new one.
  request jsonb not null,
  created_at timestamptz not null default business_now(),
  first_sent_at timestamptz,
  last_sent_at timestamptz,
  tries integer not null default 0,
  -- The tries to which the answer says for certain that nothing was done. The others may have been
  -- carried out.
  denied_tries integer not null default 0 check (denied_tries <= tries),
  -- When the first try was sent that may have been carried out. The age of the key counts from
  -- here.
  in_doubt_since timestamptz,
  stripe_id text,
  refusal text,
  -- Stripe's answer: status, type, code and request id, and the message without personal data.
  error jsonb,
  decided_at timestamptz,
  -- One attempt for each number, so that two workers cannot both open the next attempt.
  unique (object_id, step, number),
  -- A success has the id of the object that Stripe made, and no other attempt has one.
  constraint success_has_its_object check ((state = 'succeeded') = (stripe_id is not null)),
  -- A refusal has a reason, which decides the next step.
  constraint refusal_has_its_reason check ((state = 'refused') = (refusal is not null))
);
-- A step is sent again under a new key only after a refusal; otherwise money could move twice.
create unique index one_attempt_not_refused on attempts (object_id, step)
  where state <> 'refused';
-- Serves the search for the attempt that made an object.
create index attempts_made on attempts (stripe_id) where stripe_id is not null;

-- When the next request of each kind may be sent, so that all workers together stay within Stripe's
-- rate limits.
create table budget_slots (
  name text primary key,
  spacing_ms double precision not null,
  next_at timestamptz not null
);
