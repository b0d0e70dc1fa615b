import type { Report } from './report.ts';

/** A promise of the design about cost or speed, and what this run says of it. */
export type Target = { what: string; measured: number; isMet: boolean };

/** Compares a run with what was promised for one quiet machine of two cores. */
export function targetsOf({ phases, wholeLife }: Report): Target[] {
  const paced = phases.filter((phase) => phase.offeredPerSecond !== undefined);
  const limited = phases.filter(({ hasLimits }) => hasLimits);
  const atFifteen = paced.find((phase) => phase.offeredPerSecond === 15 && phase.hasLimits);
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
      most(({ sqlPerPayout }) => sqlPerPayout.statements),
      25,
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
