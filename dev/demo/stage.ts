import { type Call, caller } from '../bench/calls.ts';
import { findAndKill } from '../processes/fleet.ts';
import type { Say } from '../say.ts';
import type { Settings } from '../settings.ts';
import type { State } from '../state.ts';
import { until } from '../wait.ts';
import { dayAndTime } from './words.ts';

/** Somebody the platform pays. */
export type Person = { name: string; country: string; id: string };

/** What a chapter of the demo has: the two APIs a platform has, a clock to move, and a terminal. */
export type Stage = {
  /** The engine's public API. */
  api: Call;
  /** A request of the platform's own to Stripe, such as taking a card payment. */
  stripe: (path: string, fields: Record<string, string>) => Promise<unknown>;
  /** The sandbox's control API: disturbances, and the book of its own. */
  sandbox: Call;
  people: Person[];
  startedAt: number;
  section: Say;
  /** One thing that happened, with the business time: now, unless another is given. */
  line: (text: string, at?: string) => void;
  /** Lines as they are. */
  text: (lines: readonly string[]) => void;
  /** Lets time pass, and everything that falls due happen. */
  letPass: (days: number) => Promise<void>;
  /** Lets time pass up to a moment. */
  moveTo: (at: string) => Promise<void>;
  killWorker: () => number;
};

const stripeKey = 'sk_test_sandbox';
/** On a busy machine; what takes longer is a failure of the demo. */
const patienceMs = 90_000;

/** Sets the stage in front of a started engine. */
export function openStage(settings: Settings, state: State, say: Say, startedAt: number): Stage {
  const sandboxUrl = `http://127.0.0.1:${settings.ports.sandbox}`;
  const key = process.env.ADMIN_API_KEY || state.secret('admin-key', 'pe_admin_');
  const api = caller(`http://127.0.0.1:${settings.ports.api}`, { authorization: `Bearer ${key}` });
  let aheadMs = 0;
  let sections = 0;
  const line: Stage['line'] = (text, at) => {
    say(`  ${dayAndTime(at === undefined ? Date.now() + aheadMs : Date.parse(at))}  ${text}`);
  };
  return {
    api,
    stripe: async (path, fields) => askStripe(`${sandboxUrl}${path}`, fields),
    sandbox: caller(`${sandboxUrl}/_sandbox`),
    people: [],
    startedAt,
    section: (title) => {
      sections += 1;
      say(`\n${sections}. ${title}\n`);
    },
    line,
    text: (lines) => lines.forEach((one) => say(one === '' ? '' : `  ${one}`)),
    async letPass(days) {
      aheadMs = await moveClock(api, { advanceMinutes: days * 24 * 60 });
      line(days === 1 ? '... a day passes' : `... ${days} days pass`);
    },
    async moveTo(to) {
      aheadMs = await moveClock(api, { to });
    },
    killWorker: () => {
      const pid = findAndKill(state.file('processes.json'), 'worker');
      if (pid === undefined) throw new Error('no worker runs');
      return pid;
    },
  };
}

/** Waits for a fact of the story. */
export async function fact<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  return until(what, ask, patienceMs);
}

async function askStripe(url: string, fields: Record<string, string>): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${stripeKey}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(fields),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** The clock does not leap over a request that has no answer yet; then it is asked again. */
async function moveClock(api: Call, move: object): Promise<number> {
  const { offsetMs } = await fact('the clock moves', async () => {
    try {
      return (await api('POST', '/v1/test/clock', move)) as { offsetMs: number };
    } catch (error) {
      if (String(error).includes('request-in-flight')) return undefined;
      throw error;
    }
  });
  return offsetMs;
}
