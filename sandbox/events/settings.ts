import type { World } from '../core/world.ts';
import { readSetting, writeSetting } from '../store/settings.ts';

/** How deliveries misbehave. Probabilities are between 0 and 1. */
export type WebhookSettings = {
  /** `off` loses what happens meanwhile; `hold` keeps it until the next other mode. */
  mode: 'on' | 'off' | 'hold' | 'duplicate' | 'reorder' | 'delay' | 'lose' | 'stale';
  duplicate: number;
  lose: number;
  /** The same event, with its object as it was, comes again `staleMs` after it was first sent. */
  stale: number;
  staleMs: number;
  /** Decides which deliveries misbehave, and how. */
  seed: number;
  delayMs: number;
  /** Each delivery takes a random part of `delayMs`, so that they overtake each other. */
  reorder: boolean;
  /** Two event objects for each change. */
  twins: boolean;
  /** Which scope `v2.core.account` events belong to; sources differ. */
  accountEventsFrom: 'self' | 'accounts';
};

/** What a test may say about deliveries. */
export type WebhookWish = { [K in keyof WebhookSettings]?: WebhookSettings[K] | undefined };

/** Deliveries as they should be. */
export const orderly: WebhookSettings = {
  mode: 'on',
  duplicate: 0,
  lose: 0,
  stale: 0,
  staleMs: 10_000,
  seed: 0,
  delayMs: 0,
  reorder: false,
  twins: false,
  accountEventsFrom: 'self',
};

const modes: Record<WebhookSettings['mode'], Partial<WebhookSettings>> = {
  on: {},
  off: {},
  hold: {},
  duplicate: { duplicate: 1 },
  reorder: { reorder: true, delayMs: 2_000 },
  delay: { delayMs: 2_000 },
  lose: { lose: 0.3 },
  stale: { stale: 1 },
};

/** How deliveries behave now. */
export function readWebhookSettings(w: World): WebhookSettings {
  return readSetting(w.db, 'webhooks', orderly);
}

/** Sets how deliveries behave from now on, and lets go what was held. */
export function writeWebhookSettings(w: World, wish: WebhookWish): WebhookSettings {
  const mode = wish.mode ?? 'on';
  const named = Object.entries(wish).filter(([, value]) => value !== undefined);
  const settings = { ...orderly, ...modes[mode], ...Object.fromEntries(named), mode };
  writeSetting(w.db, 'webhooks', settings);
  if (mode !== 'hold') {
    w.db.run(
      "update deliveries set state = 'waiting', next_at = ? where state = 'held'",
      Date.now(),
    );
  }
  return settings;
}
