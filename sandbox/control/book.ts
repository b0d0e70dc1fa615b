import { bankAccountsOf } from '../accounts/record.ts';
import { allTotals } from '../books/balance.ts';
import { platformId, type World } from '../core/world.ts';
import { allRecords, view } from '../store/objects.ts';
import type { AccountRecord, Charge, Payout, Transfer } from '../store/records.ts';
import { control } from './define.ts';

type Sums = Record<string, { count: number; amount: number }>;

/** `book`: the sandbox's own record of money, for an audit. */
export const bookControls = [control('GET book', {}, ({ surface }) => bookOf(surface.w))];

function bookOf(w: World): object {
  const payouts = w.db.all<{ account: string; body: string }>(
    "select account, body from objects where kind = 'payout' order by seq",
  );
  const transfers = allRecords(w, 'transfer');
  const paidOut = payouts.map((row) => showPayout(row.account, JSON.parse(row.body) as Payout));
  return {
    platform: platformId,
    now: new Date(w.clock.now()).toISOString(),
    accounts: allRecords(w, 'account').map((account) => showAccount(w, account)),
    transfers: transfers.map((transfer) => showTransfer(transfer)),
    payouts: paidOut,
    charges: chargesOf(w),
    topups: allRecords(w, 'topup').map((topup) => view(topup)),
    totals: {
      balances: balanceSums(w),
      entries: entrySums(w),
      transfers: sumsOf(transfers, (transfer) => transfer.currency),
      payouts: sumsOf(paidOut, (payout) => `${payout.currency} ${payout.status}`),
    },
  };
}

function showAccount(w: World, account: AccountRecord): object {
  const { id, internal } = account;
  return {
    id,
    closed: account.closed,
    metadata: account.metadata,
    balances: allTotals(w, id),
    entries: entrySums(w, id),
    interval: internal.settings.interval,
    capabilities: {
      stripeTransfers: internal.stripeTransfers.status,
      payouts: internal.payouts.status,
    },
    bankAccounts: bankAccountsOf(w, id).map(({ id, currency, status, last4, fingerprint }) => {
      return { id, currency, status, last4, fingerprint };
    }),
  };
}

function showTransfer(transfer: Transfer) {
  const { id, amount, currency, destination, created, metadata } = transfer;
  return {
    id,
    amount,
    currency,
    destination,
    destinationPayment: transfer.destination_payment,
    transferGroup: transfer.transfer_group,
    sourceTransaction: transfer.source_transaction,
    metadata,
    amountReversed: transfer.amount_reversed,
    reversed: transfer.reversed,
    created,
  };
}

function showPayout(account: string, payout: Payout) {
  const { id, amount, currency, status, metadata, automatic, created } = payout;
  return {
    id,
    account,
    amount,
    currency,
    status,
    metadata,
    automatic,
    method: payout.method,
    destination: payout.destination,
    failureCode: payout.failure_code,
    arrivalDate: payout.arrival_date,
    created,
  };
}

/**
 * What customers were charged, at the platform or at accounts. Arrivals of transfers are left out.
 */
function chargesOf(w: World): object[] {
  const rows = w.db.all<{ account: string; body: string }>(
    "select account, body from objects where kind = 'charge' order by seq",
  );
  const charges = rows.map(({ account, body }) => ({
    account,
    charge: JSON.parse(body) as Charge,
  }));
  return charges
    .filter(({ charge }) => charge.source_transfer === null)
    .map(({ account, charge }) => ({
      id: charge.id,
      account,
      amount: charge.amount,
      currency: charge.currency,
      amountRefunded: charge.amount_refunded,
      destination: charge.transfer_data?.destination ?? null,
    }));
}

function balanceSums(w: World): object[] {
  return w.db.all(
    `select case when account = ? then 'platform' else 'connected' end as side, currency,
      sum(available) as available, sum(pending) as pending
     from totals group by side, currency order by side, currency`,
    platformId,
  );
}

/** What was booked, by kind and currency: for one account, or for all. */
function entrySums(w: World, account?: string): object[] {
  return w.db.all(
    `select type, currency, count(*) as count, sum(amount) as amount, sum(fee) as fee,
      sum(net) as net from balance_transactions ${account === undefined ? '' : 'where account = ?'}
      group by type, currency order by type, currency`,
    ...(account === undefined ? [] : [account]),
  );
}

function sumsOf<T extends { amount: number }>(items: T[], keyOf: (item: T) => string): Sums {
  const sums: Sums = {};
  for (const item of items) {
    const sum = (sums[keyOf(item)] ??= { count: 0, amount: 0 });
    sum.count += 1;
    sum.amount += item.amount;
  }
  return sums;
}
