import { parseArgs } from 'node:util';

import { Stopped } from '../say.ts';

/** The options of the command line. */
export type Options = {
  sellers: number;
  /** How long each offered load lasts, in seconds. */
  seconds: number;
  /** Payouts offered per second, one phase for each rate. */
  rates: readonly number[];
  /** Signed events offered per second: alone, and together with 15 payouts per second. */
  webhooks: number;
  /** The file for the figures as JSON, in addition to the table. */
  json: string | undefined;
  /** Keeps logs and databases. */
  keep: boolean;
  /** Lets the engine's processes write CPU profiles, which makes them somewhat slower. */
  profile: boolean;
};

const usage = `npm run bench -- payday [--sellers 900] [--seconds 60] [--rates 10,15] [--webhooks 500]
                           [--json <file>] [--keep] [--profile]

  Starts an engine of its own and measures paying every seller.
  --json takes a name in the state folder, or a whole path. --keep leaves logs and databases
  behind, --profile also CPU profiles of the worker and the API.`;

/** Reads the command line. */
export function readOptions(argv: readonly string[]): Options {
  const { values, positionals } = parse(argv);
  if (positionals.length !== 1 || positionals[0] !== 'payday') throw new Stopped(usage);
  return {
    sellers: wholeNumber(values.sellers),
    seconds: wholeNumber(values.seconds),
    rates: values.rates.split(',').map(wholeNumber),
    webhooks: wholeNumber(values.webhooks),
    json: values.json,
    keep: values.keep || values.profile,
    profile: values.profile,
  };
}

/** The approximate duration of a run on two idle cores, in minutes. */
export function expectedMinutes({ sellers, seconds, rates }: Options): number {
  const onboarding = sellers / 8;
  const offered = (rates.length + 2) * seconds;
  const atOnce = sellers / 14 + sellers / 24;
  const short = 2 * Math.min(seconds, 20);
  const between = 60 + (rates.length + 4) * (5 + sellers / 100);
  return Math.ceil((onboarding + offered + atOnce + short + between) / 60);
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        sellers: { type: 'string', default: '900' },
        seconds: { type: 'string', default: '60' },
        rates: { type: 'string', default: '10,15' },
        webhooks: { type: 'string', default: '500' },
        json: { type: 'string' },
        keep: { type: 'boolean', default: false },
        profile: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Stopped(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Stopped(`"${text}" is not a number above 0.\n\n${usage}`);
}
