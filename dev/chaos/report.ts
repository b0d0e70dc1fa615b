import { type Facts, type Finding, sumOf } from './audit/facts.ts';
import { unexplainedCents } from './audit/money.ts';
import { clock, type Scene } from './scene.ts';
import { isMissed, type Line, type Replay, type StruckCall } from './strikes/log.ts';
import { compare } from './strikes/replay.ts';

/** The counts and results of a run. */
export type Outcome = {
  facts: Facts;
  findings: Finding[];
  calls: readonly StruckCall[];
  strikes: Extract<Line, { line: 'strike' }>[];
  /** Transfers that Stripe refused because the platform's balance was too low. */
  withoutMoney: number;
  /** The time from the first order to the last. */
  loadMs: number;
  allMs: number;
};

/** Formats the table at the end. */
export function toText({ count, seed }: Scene, outcome: Outcome): string {
  const { facts, findings, calls, strikes, loadMs, allMs } = outcome;
  const isAtBank = ({ status }: { status: string }) => status === 'paid' || status === 'settled';
  const paid = facts.payouts.filter(isAtBank);
  const twice = findings.filter(({ rule }) => rule.endsWith('-twice')).length;
  const missed = strikes.filter(({ told }) => isMissed(told)).length;
  const rows: [string, string][] = [
    ['seed', String(seed)],
    ['sellers, days', `${facts.sellers.length}, ${Math.round(count.days)}`],
    ['payouts', `${facts.payouts.length} (${byStatus(facts.payouts)})`],
    ['paid', `${paid.length} of ${facts.book.payouts.length} that Stripe ever took`],
    ['transfers without money', String(outcome.withoutMoney)],
    ['strikes at the engine', `${strikes.length}${missed > 0 ? `, ${missed} of them missed` : ''}`],
    ['processes killed', String(count.killed)],
    ['servers restarted', String(count.restarts)],
    ['calls of Stripe struck', String(calls.length)],
    ...countBy(calls.map(({ fault }) => fault)).map(([fault, times]): [string, string] => [
      `  ${fault}`,
      String(times),
    ]),
    ['API calls sent again', String(count.again)],
    ['unknown outcomes resolved', String(count.resolved)],
    ['paid or sent twice', String(twice)],
    ['unexplained cents', String(unexplainedCents(facts))],
    ['orders taken', `${(count.orders / (loadMs / 1000)).toFixed(1)}/s under all this`],
    ['in all', clock(allMs)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n');
}

/** Reports which strikes of an earlier run were repeated, and the first of those that were not. */
export function replayText(replay: Replay, outcome: Outcome): string {
  const { calls, points, differences } = compare(replay, outcome);
  const more = differences.length - mostDifferences;
  const reached = replay.strikes.length - replay.missed.length;
  return [
    `Struck again: ${points} of ${reached} points, ${calls} of ${replay.calls.length} calls.`,
    ...differences.slice(0, mostDifferences).map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n');
}

const mostDifferences = 30;

/** Formats each finding as a line, up to a limit. */
export function findingsText(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'The audit found nothing: everybody is paid once, to the cent.';
  const shown = findings.slice(0, 60);
  const lines = shown.map(({ rule, about, words }) => `  ${rule.padEnd(18)} ${about}: ${words}`);
  const more = findings.length - shown.length;
  return [
    `The audit found ${findings.length}:`,
    ...lines,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n');
}

/**
 * A run proves nothing if most of its kills at a request found no request, because then no money
 * moved. With fewer than four kills, a miss is chance.
 */
export function standstillFindings(strikes: Outcome['strikes']): Finding[] {
  const kills = strikes.filter(({ strike }) => strike.do === 'kill-at');
  const missed = kills.filter(({ told }) => isMissed(told)).length;
  if (kills.length < 4 || missed * 2 <= kills.length) return [];
  const words = `${missed} of ${kills.length} kills at a request found no request`;
  return [{ rule: 'standstill', about: 'the run', words }];
}

function byStatus(payouts: Facts['payouts']): string {
  return countBy(payouts.map(({ status }) => status))
    .map(([status, times]) => `${times} ${status}`)
    .join(', ');
}

function countBy(names: readonly string[]): [string, number][] {
  return [...new Set(names)]
    .map((name): [string, number] => [name, sumOf(names, (one) => Number(one === name))])
    .sort(([, left], [, right]) => right - left);
}
