import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';

import { Stopped } from '../../say.ts';
import type { Strike } from './plan.ts';

/** A call to Stripe that was struck: the n-th of its endpoint. */
export type StruckCall = {
  seq: number;
  endpoint: string;
  n: number;
  fault: string;
  delayMs: number;
  at: number;
  requestId: string;
};

/** A line of a run's log. */
export type Line =
  | { line: 'run'; seed: number; payouts: number; at: string }
  | { line: 'strike'; strike: Strike; from: string; to: string; told: string }
  | ({ line: 'call' } & StruckCall);

/** Records each strike as it happens, so that a later run can repeat it. */
export type Log = { file: string; write: (line: Line) => void };

/** Opens a log. */
export function openLog(file: string): Log {
  writeFileSync(file, '');
  return { file, write: (line) => appendFileSync(file, `${JSON.stringify(line)}\n`) };
}

/** The strikes of an earlier run. A missed strike is tried again. */
export type Replay = {
  seed: number;
  payouts: number;
  strikes: Strike[];
  missed: Strike[];
  calls: StruckCall[];
};

/** Reads the log of an earlier run. */
export function readReplay(file: string): Replay {
  const lines = readLines(file);
  const run = lines.find((line) => line.line === 'run');
  if (!run) throw new Stopped(`${file} is not the log of a run.`);
  const strikes = lines.filter((line) => line.line === 'strike');
  return {
    seed: run.seed,
    payouts: run.payouts,
    strikes: strikes.map(({ strike }) => strike),
    missed: strikes.filter(({ told }) => isMissed(told)).map(({ strike }) => strike),
    calls: lines.filter((line) => line.line === 'call'),
  };
}

/** True for a strike whose point the load never reached. */
export function isMissed(told: string): boolean {
  return told.startsWith('missed');
}

/** Reads every line of a log. */
export function readLines(file: string): Line[] {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return text.split('\n').map((line) => JSON.parse(line) as Line);
  } catch (error) {
    throw new Stopped(`${file} cannot be read: ${error instanceof Error ? error.message : ''}`);
  }
}
