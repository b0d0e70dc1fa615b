import { readFileSync } from 'node:fs';

import { coresBetween, cpuMsEach, type CpuReading, readCpu } from './cpu.ts';
import { type Spread, spreadOf } from './figures.ts';
import { type Order, orderAtOnce, orderAtPace } from './load.ts';
import type { Machine } from './machine.ts';
import * as observe from './observe.ts';
import { earn } from './sellers.ts';
import { lastRequest, readStripeCalls, type StripeCalls } from './stripe-calls.ts';
import { senderCores, sendWebhooks, type Webhooks } from './webhooks/load.ts';

/** One load, and everything that was measured under it. */
export type Phase = {
  name: string;
  /** Absent if all payouts are due at once. */
  offeredPerSecond?: number;
  /** True if Stripe's budgets were in force. */
  hasLimits: boolean;
  ordered: number;
  refused: string[];
  sent: number;
  /** The payouts that were not sent, by status. */
  left: Record<string, number>;
  /** In the steady state: after the first part of the load and before its end. */
  perSecond: number;
  shareOfOffered?: number;
  /** From the due time to the time when Stripe had accepted the payout. */
  latencyMs: Spread;
  /** From each step to the next. */
  stepsMs: Record<string, Spread>;
  /** During the load or, if all payouts are due at once, until the last is sent. */
  cores: Record<string, number>;
  cpuMsPerPayout: Record<string, number>;
  eventsPerPayout: { payout: number; seller: number };
  sqlPerPayout: { statements: number; begins: number; most: [string, number][] };
  stripe: StripeCalls;
  /** Events from Stripe that were sent in addition during the load. */
  webhooks?: Webhooks;
  loadAverage: string;
};

/**
 * The load to offer: a pace or everything at once, and how many events from Stripe per second in
 * addition.
 */
export type Plan = {
  name: string;
  perSecond?: number;
  hasLimits: boolean;
  webhooksPerSecond?: number;
};

/** Runs one load on these sellers, with one payout each, and measures it until the last payout. */
export async function runPhase(
  machine: Machine,
  sellers: readonly string[],
  plan: Plan,
): Promise<Phase> {
  const sample = everyTenth(sellers);
  await earn(machine, sellers);
  await observe.waitUntilQuiet(machine);
  const eventsBefore = await sellerEvents(machine, sample);
  const requestsBefore = await lastRequest(machine);
  await observe.resetSql(machine);
  const cpuBefore = readCpu(machine.pids());
  const [orders, webhooks] = await Promise.all([
    offer(machine, sellers, plan),
    offerWebhooks(machine, sellers, plan),
  ]);
  const cpuAtEnd = readCpu(machine.pids());
  const ids = orders.taken.map(({ payoutId }) => payoutId);
  await observe.waitUntilSent(machine, ids);
  const cpuAfter = readCpu(machine.pids());
  await observe.waitUntilQuiet(machine);
  const sql = await observe.countSql(machine);
  const stripe = await readStripeCalls(machine, requestsBefore);
  const eventsAfter = await sellerEvents(machine, sample);
  const steps = await observe.readSteps(machine, ids);
  const payouts = orders.taken.filter(({ sellerId }) => sample.includes(sellerId));
  return {
    name: plan.name,
    hasLimits: plan.hasLimits,
    ...(plan.perSecond !== undefined && { offeredPerSecond: plan.perSecond }),
    ordered: ids.length,
    refused: orders.refused.slice(0, 5),
    ...speed(steps, orders.taken, plan),
    cores: coresOf(cpuBefore, plan.perSecond === undefined ? cpuAfter : cpuAtEnd, webhooks),
    cpuMsPerPayout: cpuMsEach(cpuBefore, cpuAfter, ids.length),
    eventsPerPayout: {
      payout: await payoutEvents(machine, payouts),
      seller: (eventsAfter - eventsBefore) / Math.max(1, sample.length),
    },
    sqlPerPayout: {
      statements: sql.statements / ids.length,
      begins: sql.begins / ids.length,
      most: sql.most.map(([text, calls]) => [text, calls / ids.length]),
    },
    stripe: {
      ...stripe,
      byEndpoint: stripe.byEndpoint.map(([name, calls]) => [name, calls / ids.length]),
    },
    ...(webhooks && { webhooks }),
    loadAverage: loadAverage(),
  };
}

/** The load average of the whole machine in the last minutes, to recognise a busy machine. */
export function loadAverage(): string {
  try {
    return readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');
  } catch {
    return 'unknown';
  }
}

async function offer({ api }: Machine, sellers: readonly string[], { perSecond }: Plan) {
  return perSecond === undefined ? orderAtOnce(api, sellers) : orderAtPace(api, sellers, perSecond);
}

async function offerWebhooks(
  machine: Machine,
  sellers: readonly string[],
  { perSecond, webhooksPerSecond }: Plan,
): Promise<Webhooks | undefined> {
  if (perSecond === undefined || webhooksPerSecond === undefined) return undefined;
  const seconds = Math.ceil(sellers.length / perSecond);
  return sendWebhooks(machine, { perSecond: webhooksPerSecond, seconds });
}

/** The process that sends events belongs to the bench, not to the engine. */
function coresOf(
  before: CpuReading,
  after: CpuReading,
  webhooks: Webhooks | undefined,
): Record<string, number> {
  const { bench = 0, ours = 0, ...others } = coresBetween(before, after);
  const sender = webhooks ? senderCores(webhooks) : 0;
  return { ...others, bench: bench + sender, ours: ours + sender };
}

function speed(
  steps: readonly observe.Steps[],
  orders: readonly Order[],
  { perSecond }: Plan,
): Pick<Phase, 'sent' | 'left' | 'perSecond' | 'shareOfOffered' | 'latencyMs' | 'stepsMs'> {
  const dueAt = new Map(orders.map((order) => [order.payoutId, order.dueAt]));
  const sent = steps.filter((step) => step.sent !== null);
  const latencies = sent.map((step) => (step.sent ?? 0) - (dueAt.get(step.payoutId) ?? 0));
  const left: Record<string, number> = {};
  for (const { status } of steps.filter((step) => step.sent === null)) {
    left[status] = (left[status] ?? 0) + 1;
  }
  const rate = steadyRate(
    sent.map((step) => step.sent ?? 0),
    orders.map((order) => order.dueAt),
  );
  return {
    sent: sent.length,
    left,
    perSecond: rate,
    ...(perSecond !== undefined && { shareOfOffered: rate / perSecond }),
    latencyMs: spreadOf(latencies),
    stepsMs: stepsBetween(sent, dueAt),
  };
}

/**
 * For a load with a pace, counts what was sent between its first sixth and its end. For a load that
 * is due at once, counts what was sent between the first tenth and the last.
 */
function steadyRate(sent: readonly number[], due: readonly number[]): number {
  const firstDue = Math.min(...due);
  const lasts = Math.max(...due) - firstDue;
  const sorted = sent.toSorted((left, right) => left - right);
  const tenth = Math.floor(sorted.length / 10);
  const [from, to] =
    lasts > 0
      ? [firstDue + lasts / 6, firstDue + lasts]
      : [sorted[tenth] ?? 0, sorted[sorted.length - 1 - tenth] ?? 0];
  return (sent.filter((at) => at > from && at <= to).length * 1000) / (to - from);
}

function stepsBetween(
  sent: readonly observe.Steps[],
  dueAt: ReadonlyMap<string, number>,
): Record<string, Spread> {
  const between = (from: (step: observe.Steps) => number, to: keyof observe.Steps): Spread =>
    spreadOf(sent.map((step) => Number(step[to] ?? 0) - from(step)));
  return {
    'due to ordered': between((step) => dueAt.get(step.payoutId) ?? 0, 'ordered'),
    'ordered to started': between((step) => step.ordered, 'started'),
    'started to reserved': between((step) => step.started ?? 0, 'reserved'),
    'reserved to transferred': between((step) => step.reserved ?? 0, 'transferred'),
    'transferred to sent': between((step) => step.transferred ?? 0, 'sent'),
  };
}

function everyTenth(sellers: readonly string[]): string[] {
  const stride = Math.max(1, Math.floor(sellers.length / 10));
  return sellers.filter((_, index) => index % stride === 0).slice(0, 10);
}

async function sellerEvents(machine: Machine, sellers: readonly string[]): Promise<number> {
  let events = 0;
  for (const seller of sellers) events += await observe.countEvents(machine, `seller/${seller}`);
  return events;
}

async function payoutEvents(machine: Machine, orders: readonly Order[]): Promise<number> {
  let events = 0;
  for (const { payoutId } of orders) {
    events += await observe.countEvents(machine, `payout/${payoutId}`);
  }
  return events / Math.max(1, orders.length);
}
