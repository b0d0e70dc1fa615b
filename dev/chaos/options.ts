import { parseArgs } from 'node:util';

import { Stopped } from '../say.ts';

/** The options of the command line. */
export type Options = {
  seed: number;
  /** Payouts to order. Paydays add more. */
  payouts: number;
  /** The log of an earlier run, whose strikes are repeated. */
  plan: string | undefined;
  /** Keeps the databases, not only the logs. */
  keep: boolean;
};

const usage = `npm run chaos -- [--seed N] [--payouts 100] [--plan <log>] [--keep]

  Starts an engine of its own, pays sellers while its parts are killed and Stripe misbehaves, and
  audits who was paid what. --seed decides what strikes when; without it every run is another.
  --plan strikes at the same calls and points as the run that wrote this log. --keep leaves the
  databases behind, not only the logs.`;

/** Reads the command line. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parse(argv);
  return {
    seed: values.seed === undefined ? Date.now() % 1_000_000 : wholeNumber(values.seed),
    payouts: wholeNumber(values.payouts),
    plan: values.plan,
    keep: values.keep,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        seed: { type: 'string' },
        payouts: { type: 'string', default: '100' },
        plan: { type: 'string' },
        keep: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Stopped(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Stopped(`"${text}" is not a whole number above 0.\n\n${usage}`);
}
