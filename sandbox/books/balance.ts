import type { JsonObject } from '../core/json.ts';
import { schedule } from '../core/due.ts';
import { newId } from '../core/ids.ts';
import { platformId } from '../core/world.ts';
import type { World } from '../core/world.ts';
import { emit } from '../events/emit.ts';
import { nextMidnight } from './calendar.ts';

/** One entry to book: the amount of the movement and the fee that is subtracted. */
export type Entry = {
  account: string;
  currency: string;
  amount: number;
  fee?: number;
  type: string;
  source: string;
  /** When it becomes available, in seconds; at once when absent or past. */
  availableOn?: number;
  description?: string | null;
  exchangeRate?: number | null;
};

type Total = { currency: string; available: number; pending: number };

/** Books an entry. Money moves in the sandbox in no other way. Returns the `txn_` id. */
export function book(w: World, entry: Entry): string {
  const id = newId('txn');
  const now = w.clock.seconds();
  const fee = entry.fee ?? 0;
  const net = entry.amount - fee;
  const availableOn = Math.max(entry.availableOn ?? now, now);
  const settled = availableOn <= now;
  w.db.run(
    `insert into balance_transactions (id, account, currency, amount, fee, net, type, created,
      available_on, settled, source, exchange_rate, description, fee_details)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    entry.account,
    entry.currency,
    entry.amount,
    fee,
    net,
    entry.type,
    now,
    availableOn,
    Number(settled),
    entry.source,
    entry.exchangeRate ?? null,
    entry.description ?? null,
    JSON.stringify(feeDetails(entry)),
  );
  addToTotals(w, entry.account, entry.currency, settled ? net : 0, settled ? 0 : net);
  if (!settled) schedule(w, availableOn * 1000, 'settle', entry.account);
  else if (net > 0) lookAtPayouts(w, entry.account);
  return id;
}

/** What an account has in one currency. */
export function totalsOf(w: World, account: string, currency: string): Total {
  const found = w.db.get<Total>(
    'select currency, available, pending from totals where account = ? and currency = ?',
    account,
    currency,
  );
  return found ?? { currency, available: 0, pending: 0 };
}

/** Every currency an account has ever had. */
export function allTotals(w: World, account: string): Total[] {
  return w.db.all<Total>(
    'select currency, available, pending from totals where account = ? order by currency',
    account,
  );
}

/** The balance object, at least in the account's own currency. */
export function balanceObject(w: World, account: string, home: string): JsonObject {
  const totals = allTotals(w, account);
  if (!totals.some((total) => total.currency === home)) totals.push(totalsOf(w, account, home));
  const part = (name: 'available' | 'pending') =>
    totals.map((total) => ({
      amount: total[name],
      currency: total.currency,
      source_types: { card: total[name] },
    }));
  const reserved = totals.map(({ currency }) => ({ amount: 0, currency }));
  return {
    object: 'balance',
    available: part('available'),
    ...(account === platformId && { connect_reserved: reserved }),
    instant_available: part('available'),
    livemode: false,
    pending: part('pending'),
  };
}

/** Due: pending money becomes available. */
export function settle(w: World, account: string): void {
  const now = w.clock.seconds();
  const sums = w.db.all<{ currency: string; net: number }>(
    `select currency, sum(net) as net from balance_transactions
     where account = ? and settled = 0 and available_on <= ? group by currency`,
    account,
    now,
  );
  w.db.run(
    `update balance_transactions set settled = 1
     where account = ? and settled = 0 and available_on <= ?`,
    account,
    now,
  );
  for (const { currency, net } of sums) addToTotals(w, account, currency, net, -net);
  if (sums.length === 0) return;
  announceBalance(w, account);
  lookAtPayouts(w, account);
}

/** Emits that an account's available balance has grown. */
export function announceBalance(w: World, account: string): void {
  const home = allTotals(w, account)[0]?.currency ?? 'usd';
  emit(w, 'balance.available', account, balanceObject(w, account, home));
}

/** Schedules a check of the account's automatic payouts at the next payout time. */
export function lookAtPayouts(w: World, account: string): void {
  schedule(w, nextMidnight(w.clock.seconds()) * 1000, 'automatic_payout', account);
}

function addToTotals(
  w: World,
  account: string,
  currency: string,
  available: number,
  pending: number,
) {
  w.db.run(
    `insert into totals values (?, ?, ?, ?) on conflict (account, currency) do update set
      available = available + excluded.available, pending = pending + excluded.pending`,
    account,
    currency,
    available,
    pending,
  );
}

function feeDetails(entry: Entry) {
  if (!entry.fee) return [];
  const description = entry.type === 'adjustment' ? 'Dispute fee' : 'Stripe processing fees';
  const { fee: amount, currency } = entry;
  return [{ amount, application: null, currency, description, type: 'stripe_fee' }];
}
