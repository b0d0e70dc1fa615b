import { startSandbox } from '../../sandbox/server.ts';
import type { Sandbox, SandboxOptions } from '../../sandbox/server.ts';
import { judgeEvent, judgeExchange, together } from './judge.ts';
import type { Judgement } from './judge.ts';

/** A sandbox that fails the test file when what was said to or by it is not as Stripe has it. */
export type WatchedSandbox = Sandbox & {
  /** Says that a test asks for what the sandbox does not know, as `POST /v1/path`. */
  expectUnknown(...calls: string[]): void;
};

/** How a sandbox is watched, and what is not as in every test. */
export type Watching = Partial<Omit<SandboxOptions, 'witness'>> & {
  /** Every request must be well-formed, as the engine's must; otherwise a refusal will do. */
  strict?: boolean;
  /** Told of all that was seen, for tests of the contract itself. */
  onJudgement?: (judgement: Judgement) => void;
};

/** Starts a sandbox in memory under the eyes of Stripe's published document. */
export async function startWatchedSandbox(options: Watching = {}): Promise<WatchedSandbox> {
  const { strict = false, onJudgement, ...rest } = options;
  const seen: (() => Judgement)[] = [];
  const unknown: string[] = [];
  const expected: string[] = [];
  const sandbox = await startSandbox({
    port: 0,
    file: ':memory:',
    secretKey: 'sk_test_sandbox',
    ...rest,
    // Judged at the end, so that no test is slowed down while it waits for something.
    witness: {
      exchange: (exchange) => void seen.push(() => judgeExchange(exchange, strict)),
      event: (version, body) => void seen.push(() => judgeEvent(version, body)),
      unknown: ({ method, path, reason }) => void unknown.push(`${method} ${path}: ${reason}`),
    },
  });
  return {
    url: sandbox.url,
    expectUnknown: (...calls) => void expected.push(...calls),
    async close() {
      await sandbox.close();
      const judgement = together(seen.map((judge) => judge()));
      onJudgement?.(judgement);
      const isOf = (call: string, one: string) => call.startsWith(`${one}: `);
      failOver('Not as Stripe describes it', countEqual(judgement.faults));
      failOver(
        'Not known to the sandbox',
        unknown.filter((call) => !expected.some((one) => isOf(call, one))),
      );
      failOver(
        'Expected to be unknown, but never asked for',
        expected.filter((one) => !unknown.some((call) => isOf(call, one))),
      );
    },
  };
}

function failOver(what: string, lines: string[]): void {
  if (lines.length > 0) throw new Error(`${what}:\n  ${lines.join('\n  ')}`);
}

function countEqual(faults: string[]): string[] {
  const times = new Map<string, number>();
  for (const fault of faults) times.set(fault, (times.get(fault) ?? 0) + 1);
  return [...times].map(([fault, count]) => (count === 1 ? fault : `${fault} (${count} times)`));
}
