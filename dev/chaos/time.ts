import { setTimeout as pause } from 'node:timers/promises';

import { Refused } from './calls.ts';
import type { Scene } from './scene.ts';

const hourMs = 3600_000;
/** The longest move of the clock while a request to Stripe has no answer. */
const shortMs = 10.5 * hourMs;
const patienceMs = 30_000;
/**
 * The pause after such a move. It is longer than a call needs to reach Stripe after its clearance.
 */
const landingMs = 3000;

/**
 * Moves the business time. While a request is open, moves it in steps that are shorter than the
 * life of the request's key.
 */
export async function letPass(scene: Scene, hours: number): Promise<void> {
  const target = (await now(scene)) + hours * hourMs;
  const startedAt = Date.now();
  for (;;) {
    const at = await now(scene);
    if (at >= target || (await moveTo(scene, target))) break;
    const isPatient = Date.now() - startedAt < patienceMs;
    const isShort = await moveTo(scene, Math.min(target, at + shortMs));
    if (!isShort && !isPatient) throw new Error('the clock does not move');
    if (isShort) await pause(landingMs);
  }
  scene.count.days += hours / 24;
}

async function now({ api }: Scene): Promise<number> {
  const { now } = (await api('GET', '/v1/test/clock')) as { now: string };
  return Date.parse(now);
}

async function moveTo({ api }: Scene, at: number): Promise<boolean> {
  try {
    await api('POST', '/v1/test/clock', { to: new Date(at).toISOString() });
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.kind === 'clock-moves-forward') return true; // the lost answer was a yes
    if (error.kind !== 'request-in-flight') throw error;
    await pause(200);
    return false;
  }
}
