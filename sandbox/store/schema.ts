/** The sandbox's tables. Balance transactions are the truth about money; `totals` is their sum. */
export const schema = `
create table if not exists settings (name text primary key, value text not null);
create table if not exists objects (
  seq integer primary key autoincrement, id text not null unique, kind text not null,
  account text not null, created integer not null, body text not null);
create index if not exists objects_of on objects (kind, account, seq);
create index if not exists objects_created on objects (kind, account, created);
create index if not exists objects_group on objects (kind, json_extract(body, '$.transfer_group'));
create index if not exists objects_destination on objects (kind, json_extract(body, '$.destination'));
create index if not exists transfers_from on objects (kind, json_extract(body, '$.source_transaction'))
  where kind = 'transfer';
create index if not exists reversals_of on objects (kind, json_extract(body, '$.transfer'));
create index if not exists refunds_of on objects (kind, json_extract(body, '$.charge'));
create table if not exists balance_transactions (
  seq integer primary key autoincrement, id text not null unique, account text not null,
  currency text not null, amount integer not null, fee integer not null, net integer not null,
  type text not null, created integer not null, available_on integer not null,
  settled integer not null, source text, payout text, exchange_rate real, description text,
  fee_details text not null, source_type text not null default 'card');
create index if not exists bt_account on balance_transactions (account, seq);
create index if not exists bt_source on balance_transactions (source);
create index if not exists bt_payout on balance_transactions (payout) where payout is not null;
create index if not exists bt_unsettled on balance_transactions (account, available_on)
  where settled = 0;
create table if not exists totals (
  account text not null, currency text not null, available integer not null,
  pending integer not null, primary key (account, currency));
create table if not exists due (
  seq integer primary key autoincrement, at integer not null, kind text not null,
  ref text not null, unique (kind, ref, at));
create index if not exists due_at on due (at, seq);
create table if not exists idempotency (
  scope text not null, key text not null, fingerprint text not null, status integer not null,
  body text not null, request_id text not null, created integer not null, expires integer not null,
  primary key (scope, key));
create index if not exists idempotency_expires on idempotency (expires);
create table if not exists requests (
  seq integer primary key autoincrement, at integer not null, finished_at integer,
  clock integer not null, method text not null, path text not null, account text,
  idempotency_key text, replayed integer not null, status integer, body text not null,
  request_id text not null, error_code text);
create index if not exists requests_id on requests (request_id);
create table if not exists planned_calls (endpoint text primary key, n integer not null);
create table if not exists strikes (
  seq integer primary key autoincrement, at integer not null, clock integer not null,
  endpoint text not null, n integer not null, fault text not null, delay_ms integer not null,
  request_id text not null);
create table if not exists unknown_calls (
  seq integer primary key autoincrement, at integer not null, method text not null,
  path text not null, reason text not null);
create table if not exists events (
  seq integer primary key autoincrement, id text not null unique, version text not null,
  account text not null, type text not null, created integer not null, object_id text,
  body text not null);
create index if not exists events_of on events (version, account, seq);
create table if not exists destinations (
  seq integer primary key autoincrement, id text not null unique, body text not null);
create table if not exists deliveries (
  seq integer primary key autoincrement, event_id text not null, destination text not null,
  next_at integer, tries integer not null, state text not null, last_status integer,
  last_error text, delivered_at integer);
create index if not exists deliveries_next on deliveries (next_at) where next_at is not null;
`;
