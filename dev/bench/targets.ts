import type { Phase } from './phase.ts';
import type { WebhooksAlone } from './webhooks/load.ts';
import type { WholeLife } from './whole-life.ts';

/** A target of the design for cost or speed, and the figure of this run. */
export type Target = { what: string; measured: number; isMet: boolean };

/** Compares a run with the targets for one idle machine with two cores. */
export function targetsOf({ phases, wholeLife }: Report): Target[] {
  const limited = phases.filter(({ hasLimits }) => hasLimits);
  const paydays = limited.filter(({ webhooks }) => webhooks === undefined);
  const atFifteen = paydays.find((phase) => phase.offeredPerSecond === 15);
  const webhooks = limited.find((phase) => phase.webhooks !== undefined)?.webhooks;
  const free = phases.filter(({ hasLimits }) => !hasLimits).map(({ perSecond }) => perSecond);
  const most = (of: (phase: (typeof phases)[number]) => number): number => {
    return Math.max(0, ...limited.map(of));
  };
  const busiest = (endpoint: string): number => most(({ stripe }) => stripe.busiest[endpoint] ?? 0);
  return [
    atLeast('15 payouts/s offered are held, percent', (atFifteen?.shareOfOffered ?? NaN) * 100, 95),
    atMost('cores of the engine and its servers at 15/s', engineCores(atFifteen?.cores), 1.7),
    atLeast('payouts/s without limits', Math.max(...free), 25),
    atMost(
      'answers 429',
      most(({ stripe }) => stripe.tooMany),
      0,
    ),
    atMost('POST /v1/payouts in any second', busiest('POST /v1/payouts'), 15),
    atMost('POST /v1/transfers in any second', busiest('POST /v1/transfers'), 25),
    atMost('requests in any second', busiest('all'), 100),
    atMost(
      'events of a payout, its whole life',
      wholeLife.payoutEvents + wholeLife.sellerEvents,
      65,
    ),
    atMost(
      'SQL statements of a payout until it is sent',
      Math.max(0, ...paydays.map(({ sqlPerPayout }) => sqlPerPayout.statements)),
      25,
    ),
    atMost('ms from a webhook to its 2xx during a payday, p99', webhooks?.latencyMs.p99 ?? NaN, 50),
    atMost(
      'webhooks not taken during a payday',
      (webhooks?.sent ?? NaN) - (webhooks?.taken ?? 0),
      0,
    ),
  ];
}

function engineCores(cores: Record<string, number> | undefined): number {
  return (cores?.ours ?? NaN) - (cores?.bench ?? NaN);
}

function atLeast(what: string, measured: number, target: number): Target {
  return { what: `${what}: at least ${target}`, measured, isMet: measured >= target };
}

function atMost(what: string, measured: number, target: number): Target {
  return { what: `${what}: at most ${target}`, measured, isMet: measured <= target };
}

/** All measurements of a run, as the JSON file contains them. */
export type Report = {
  at: string;
  sellers: number;
  seconds: number;
  loadAverageBefore: string;
  onboarding: { sellers: number; seconds: number };
  wholeLife: WholeLife;
  phases: Phase[];
  webhooksAlone: WebhooksAlone;
  bare: {
    perSecond: number;
    events: number;
    cores: Record<string, number>;
    cpuMs: Record<string, number>;
  };
};
