-- Business time: real time plus an offset, so that the sandbox can let weeks pass in seconds.

-- How far business time is ahead of real time. The offset stays 0 with Stripe itself.
create table clock (
  -- The only possible value, so the table has at most one row.
  id boolean primary key default true check (id),
  -- Business time never runs behind real time.
  offset_ms bigint not null default 0 check (offset_ms >= 0)
);
insert into clock default values;

-- The current business time, which all deadlines, holds and histories use.
create function business_now() returns timestamptz language sql stable as
$$ select now() + offset_ms * interval '1 millisecond' from clock $$;
