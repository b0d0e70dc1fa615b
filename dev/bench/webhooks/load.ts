import { cpuMsEach, readCpu } from '../cpu.ts';
import type { Spread } from '../figures.ts';
import type { Machine } from '../machine.ts';
import { waitUntilQuiet } from '../observe.ts';

/** Signed events at an even pace, whether or not the engine keeps up. */
export type WebhookLoad = { perSecond: number; seconds: number };

/** The result of such a load. */
export type Webhooks = WebhookLoad & {
  sent: number;
  /** Events with a 2xx answer. */
  taken: number;
  refused: [string, number][];
  /** From sending to the 2xx answer. */
  latencyMs: Spread;
  /** The delays of the sender itself, which the engine does not cause. */
  lateMs: Spread;
  meanBytes: number;
  senderCpuMs: number;
};

/** The cost of receiving events while the engine does nothing else, by process. */
export type WebhooksAlone = Webhooks & { cpuMs: Record<string, number> };

/** Sends events from a separate process, so that the cost of sending is measured separately. */
export async function sendWebhooks(
  machine: Machine,
  { perSecond, seconds }: WebhookLoad,
): Promise<Webhooks> {
  const env = { BENCH_PER_SECOND: String(perSecond), BENCH_SECONDS: String(seconds) };
  const limitMs = (seconds + 60) * 1000;
  const { figures } = await machine.run('dev/bench/webhooks/main.ts', env, limitMs);
  return { perSecond, seconds, ...(figures as Omit<Webhooks, keyof WebhookLoad>) };
}

/** Sends events to an engine that does nothing else. */
export async function measureAlone(machine: Machine, load: WebhookLoad): Promise<WebhooksAlone> {
  await waitUntilQuiet(machine);
  const before = readCpu(machine.pids());
  const webhooks = await sendWebhooks(machine, load);
  await waitUntilQuiet(machine);
  return { ...webhooks, cpuMs: cpuMsEach(before, readCpu(machine.pids()), webhooks.sent) };
}

/** The number of cores that sending keeps busy. */
export function senderCores({ senderCpuMs, seconds }: Webhooks): number {
  return senderCpuMs / 1000 / seconds;
}
