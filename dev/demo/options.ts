import { parseArgs } from 'node:util';

import { Stopped } from '../say.ts';

/** What the person at the terminal asked for. */
export type Options = {
  /** Ends with the story. */
  once: boolean;
  /** Whether Stripe tells what happens, or has to be asked. */
  webhooks: boolean;
};

const usage = `npm run demo -- [--once] [--webhooks off]

  Starts an engine of its own, empty at each run, and tells a story through its API. --once stops
  everything at its end. With --webhooks off Stripe tells nothing of what happens there.`;

/** Reads the command line. */
export function readOptions(argv: readonly string[]): Options {
  const { once, webhooks } = parse(argv);
  if (webhooks === 'on' || webhooks === 'off') return { once, webhooks: webhooks === 'on' };
  throw new Stopped(`--webhooks is on or off, not "${webhooks}".\n\n${usage}`);
}

function parse(argv: readonly string[]) {
  try {
    const options = {
      once: { type: 'boolean', default: false },
      webhooks: { type: 'string', default: 'on' },
    } as const;
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    throw new Stopped(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}
