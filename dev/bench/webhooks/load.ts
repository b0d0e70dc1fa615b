import { cpuMsEach, readCpu } from '../cpu.ts';
import type { Spread } from '../figures.ts';
import type { Machine } from '../machine.ts';
import { waitUntilQuiet } from '../observe.ts';

/** Signed events at an even pace, whether or not the engine keeps up. */
export type WebhookLoad = { perSecond: number; seconds: number };

/** What became of such a load. */
export type Webhooks = WebhookLoad & {
  sent: number;
  /** Answered 2xx. */
  taken: number;
  refused: [string, number][];
  /** From send to 2xx. */
  latencyMs: Spread;
  /** How late the sender itself was, which is no fault of the engine's. */
  lateMs: Spread;
  meanBytes: number;
  senderCpuMs: number;
};

/** What taking events in costs while nothing else is done, by process. */
export type WebhooksAlone = Webhooks & { cpuMs: Record<string, number> };

/** Sends from a process of its own, so that what sending costs is told apart. */
export async function sendWebhooks(
  machine: Machine,
  { perSecond, seconds }: WebhookLoad,
): Promise<Webhooks> {
  const env = { BENCH_PER_SECOND: String(perSecond), BENCH_SECONDS: String(seconds) };
  const limitMs = (seconds + 60) * 1000;
  const { figures } = await machine.run('dev/bench/webhooks/main.ts', env, limitMs);
  return { perSecond, seconds, ...(figures as Omit<Webhooks, keyof WebhookLoad>) };
}

/** Sends to an engine that has nothing else to do. */
export async function measureAlone(machine: Machine, load: WebhookLoad): Promise<WebhooksAlone> {
  await waitUntilQuiet(machine);
  const before = readCpu(machine.pids());
  const webhooks = await sendWebhooks(machine, load);
  await waitUntilQuiet(machine);
  return { ...webhooks, cpuMs: cpuMsEach(before, readCpu(machine.pids()), webhooks.sent) };
}

/** Cores busy with sending. */
export function senderCores({ senderCpuMs, seconds }: Webhooks): number {
  return senderCpuMs / 1000 / seconds;
}
