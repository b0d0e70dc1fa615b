-- Wake-ups: workflows that must look at their rows again.

-- Gives each wake-up a new version. A delivery removes only the version that it delivered, not
-- topics that were added meanwhile.
create sequence wake_up_versions as bigint;

-- A wake-up is written in the transaction that causes it, and removed after the workflow was
-- signaled. A crash in between delivers the wake-up twice and never loses it.
create table wake_ups (
  workflow_id text primary key,
  topics text[] not null,
  version bigint not null default nextval('wake_up_versions'),
  since timestamptz not null default now()
);

-- Workflows that were woken because their deadline had passed, and that have not acted since.
create table overdue (
  workflow_id text primary key,
  since timestamptz not null default business_now(),
  -- Real time, because moving the clock forward gives nobody time to act.
  noted_at timestamptz not null default now()
);
