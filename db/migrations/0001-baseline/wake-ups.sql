-- Wake-ups: which workflows have something to look at.

-- Versions no wake-up ever had before: a delivery removes exactly what it delivered, and not what
-- was added meanwhile.
create sequence wake_up_versions as bigint;

-- Written in the transaction that gives the reason, and removed when the workflow was signaled. A
-- crash in between delivers a wake-up twice and never loses it.
create table wake_ups (
  workflow_id text primary key,
  topics text[] not null,
  version bigint not null default nextval('wake_up_versions'),
  since timestamptz not null default now()
);
