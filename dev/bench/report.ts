import type { Spread } from './figures.ts';
import type { Phase } from './phase.ts';
import { type Report, targetsOf } from './targets.ts';
import { senderCores, type Webhooks } from './webhooks/load.ts';
import type { WholeLife } from './whole-life.ts';

/** Formats the figures as tables for a terminal. */
export function toText(report: Report): string {
  const { phases } = report;
  const names = ['', ...phases.map(({ name }) => name)];
  const parts = Object.keys(phases[0]?.cores ?? {});
  const steps = Object.keys(phases[0]?.stepsMs ?? {});
  const each = (label: string, show: (phase: Phase) => string): string[] => {
    return [label, ...phases.map(show)];
  };
  return [
    onboardingLine(report),
    '',
    table([
      names,
      each('sent of ordered', ({ sent, ordered }) => `${sent} of ${ordered}`),
      each('payouts a second, steady', ({ perSecond }) => round(perSecond)),
      each('  of what was offered', ({ shareOfOffered }) => percent(shareOfOffered)),
      each('  of a bare workflow', ({ perSecond }) => percent(perSecond / report.bare.perSecond)),
      each('due to po_: p50 p95 p99 ms', ({ latencyMs }) => spread(latencyMs)),
      ...steps.map((step) => each(`  ${step}`, ({ stepsMs }) => spread(stepsMs[step]))),
      ...parts.map((part) => each(`cores: ${part}`, ({ cores }) => round(cores[part], 2))),
      each('CPU ms a payout', ({ cpuMsPerPayout }) => round(engineMs(cpuMsPerPayout), 0)),
      each('  Temporal, worker, API, Postgres', ({ cpuMsPerPayout }) => bigParts(cpuMsPerPayout)),
      each('  of a bare workflow', ({ cpuMsPerPayout }) =>
        times(engineMs(cpuMsPerPayout) / sumOf(report.bare.cpuMs)),
      ),
      each('events a payout', ({ eventsPerPayout }) => events(eventsPerPayout)),
      each('SQL a payout (begin, commit)', ({ sqlPerPayout }) => sql(sqlPerPayout)),
      each('Stripe calls a payout', ({ stripe }) => round(total(stripe.byEndpoint), 2)),
      each('  busiest second, POST payouts', (phase) => busiest(phase, 'POST /v1/payouts')),
      each('  busiest second, POST transfers', (phase) => busiest(phase, 'POST /v1/transfers')),
      each('  busiest second, all', (phase) => busiest(phase, 'all')),
      each('  429; other refusals', ({ stripe }) => `${stripe.tooMany}; ${stripe.failed}`),
      each('load average after', ({ loadAverage }) => loadAverage),
    ]),
    '',
    webhooksText(report),
    '',
    bareLine(report),
    '',
    wholeLifeText(report.wholeLife),
    '',
    targetsText(report),
    ...phases.flatMap(trouble),
  ].join('\n');
}

function onboardingLine({ onboarding, loadAverageBefore }: Report): string {
  const { sellers, seconds } = onboarding;
  return (
    `Load average before: ${loadAverageBefore}. ` +
    `Onboarded ${sellers} sellers in ${round(seconds)} s (${round(sellers / seconds)}/s).`
  );
}

function webhooksText({ webhooksAlone: alone, phases }: Report): string {
  const payday = phases.find((phase) => phase.webhooks !== undefined);
  const without = phases.find(({ offeredPerSecond, hasLimits, webhooks }) => {
    return offeredPerSecond === payday?.offeredPerSecond && hasLimits && webhooks === undefined;
  });
  const each = (label: string, show: (webhooks: Webhooks) => string): string[] => {
    return [label, show(alone), payday?.webhooks ? show(payday.webhooks) : '-'];
  };
  /**
   * The cores for events: everything if the engine does nothing else, otherwise the increase over
   * the payday alone.
   */
  const cores = (part: string): string[] => [
    `  cores: ${part}`,
    round(((alone.cpuMs[part] ?? NaN) * alone.perSecond) / 1000, 2),
    round((payday?.cores[part] ?? NaN) - (without?.cores[part] ?? NaN), 2),
  ];
  return table([
    [
      `${alone.perSecond} webhooks a second`,
      'alone',
      `beside ${payday?.offeredPerSecond} payouts/s`,
    ],
    each('  taken of sent', ({ taken, sent }) => `${taken} of ${sent}`),
    each(
      '  refused',
      ({ refused }) => refused.map(([why, count]) => `${count} ${why}`).join() || '0',
    ),
    each('  send to 2xx: p50 p95 p99 max ms', ({ latencyMs }) => {
      return `${spread(latencyMs)} ${Math.round(latencyMs.max)}`;
    }),
    each('  sent late: p50 p95 p99 ms', ({ lateMs }) => spread(lateMs)),
    cores('API'),
    cores('Postgres'),
    each('  cores: who sends them', (webhooks) => round(senderCores(webhooks), 2)),
    [
      '  CPU ms each: API, Postgres',
      `${round(alone.cpuMs.API, 2)} ${round(alone.cpuMs.Postgres, 2)}`,
      '',
    ],
  ]);
}

function bareLine({ bare }: Report): string {
  const cores = Object.entries(bare.cores).map(([name, used]) => `${name} ${round(used, 2)}`);
  return (
    `A bare workflow (two activities, one signal, ${bare.events} events), 40 at once: ` +
    `${round(bare.perSecond)}/s, ${round(sumOf(bare.cpuMs), 0)} CPU ms each; cores: ${cores.join(', ')}`
  );
}

function wholeLifeText(life: WholeLife): string {
  const all = life.payoutEvents + life.sellerEvents;
  const lines = [
    `One payout from order to the end of its watch (${life.payouts} measured):`,
    `  ${round(all)} events: payout ${round(life.payoutEvents)}, seller ${round(life.sellerEvents)}`,
    `  ${round(life.statements)} SQL statements, and ${round(life.begins)} begin or commit`,
    ...life.requests.map(([name, calls]) => `  ${round(calls, 2)} ${name}`),
  ];
  return lines.join('\n');
}

function targetsText(report: Report): string {
  const lines = targetsOf(report).map(({ what, measured, isMet }) => {
    return `  ${isMet ? 'met   ' : 'MISSED'} ${what}; measured ${round(measured, 2)}`;
  });
  return ['Targets, meant for a quiet machine of two cores:', ...lines].join('\n');
}

function trouble({ name, refused, left }: Phase): string[] {
  const statuses = Object.entries(left).map(([status, count]) => `${count} ${status}`);
  return [
    ...(statuses.length > 0 ? [`${name}: not sent: ${statuses.join(', ')}`] : []),
    ...refused.map((words) => `${name}: refused: ${words}`),
  ];
}

function busiest({ stripe }: Phase, endpoint: string): string {
  return String(stripe.busiest[endpoint] ?? 0);
}

function events({ payout, seller }: Phase['eventsPerPayout']): string {
  return `${round(payout + seller)} (${round(payout)} + ${round(seller)})`;
}

function sql({ statements, begins }: Phase['sqlPerPayout']): string {
  return `${round(statements)} (${round(begins)})`;
}

/** The CPU time of the engine and its servers, without the bench itself. */
function engineMs(parts: Record<string, number>): number {
  return sumOf(parts) - (parts.bench ?? 0);
}

function bigParts({ Temporal, worker, API, Postgres }: Record<string, number>): string {
  return [Temporal, worker, API, Postgres].map((ms) => round(ms, 0)).join(' ');
}

function sumOf(values: Record<string, number>): number {
  return Object.values(values).reduce((sum, value) => sum + value, 0);
}

function times(ratio: number): string {
  return `${round(ratio, 2)} x`;
}

function spread(value: Spread | undefined): string {
  if (!value) return '-';
  return [value.p50, value.p95, value.p99].map((ms) => Math.round(ms)).join(' ');
}

function total(counts: readonly [string, number][]): number {
  return counts.reduce((sum, [, count]) => sum + count, 0);
}

function percent(part: number | undefined): string {
  return part === undefined ? '-' : `${Math.round(part * 100)} %`;
}

function round(value: number | undefined, digits = 1): string {
  return value === undefined || Number.isNaN(value) ? '-' : value.toFixed(digits);
}

function table(rows: readonly string[][]): string {
  const columns = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const widths = columns ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, at) =>
          at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
        )
        .join('   '),
    )
    .join('\n');
}
