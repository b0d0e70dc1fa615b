-- Recovery: objects that Stripe has and that a restored database lacks, and what protects against a
-- copy of this database. Both engines would otherwise pay the same sellers: the same order has the
-- same payout id in every copy, and only one engine has the right to send.

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
-- Serves ordered_payout_id.
create index adoptions_dismissed on adoptions (payout_id) where outcome = 'dismissed';

-- Computes the id of an ordered payout from what was ordered, so that every copy of the database
-- sends the payout to Stripe under the same idempotency key. An id whose object at Stripe was
-- dismissed is not given again, because Stripe would repeat its answer for the dismissed object.
-- Nor is the id of an adopted payout that ended because Stripe had only its transfer: its money is
-- at the account, and the same order pays it. A threshold is always reached by new money, so it
-- never gets an id that exists.
create function ordered_payout_id(variadic parts text[]) returns text language plpgsql stable as $$
declare
  alphabet constant text := '0123456789abcdefghjkmnpqrstvwxyz';
  named text := array_to_json(parts)::text;
  digest bytea;
  ordered_id text;
begin
  loop
    digest := sha256(convert_to(named, 'UTF8'));
    select 'payout_' || string_agg(substr(alphabet, get_byte(digest, i) % 32 + 1, 1), '' order by i)
      into ordered_id from generate_series(0, 19) as i;
    exit when not exists (select from adoptions
      where payout_id = ordered_id and outcome = 'dismissed')
      and not exists (select from payouts where id = ordered_id and (parts[1] = 'threshold'
        or ordered_by = 'adopted' and status = 'canceled' and stripe_payout_id is null));
    named := ordered_id;
  end loop;
  return ordered_id;
end $$;

-- The right to send: what this database knows of the object at Stripe that one engine can hold.
-- The object contains a token. Each renewal replaces the token, so a copy has an old token.
create table right_to_send (
  -- The only possible value, so the table has at most one row.
  id boolean primary key default true check (id),
  -- The token that this engine last set or took over. Null before the first claim.
  token text,
  -- Tokens that this engine chose to set next. Stripe may have any of them, because an answer can
  -- be lost. The last one belongs to the start of PostgreSQL in next_start.
  next_tokens text[] not null default '{}',
  -- A copy of this database has another start, so it never sets the same token.
  next_start text,
  -- The start of PostgreSQL and the time of the last renewal.
  claimed_start text,
  claimed_at timestamptz,
  -- The last time at which the engine saw that it may send.
  seen_at timestamptz,
  -- What the object showed instead when the engine stopped money: a foreign token, "nothing" or
  -- "forbidden". A person who resumes money takes the right over from exactly this state.
  lost_to text,
  -- What the engine then told the operator, who may have stopped money for another reason as well.
  lost_reason text,
  -- A person resumed money although the key has no permission for the object.
  is_unguarded boolean not null default false
);
insert into right_to_send default values;
