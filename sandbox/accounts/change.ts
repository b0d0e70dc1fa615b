import { lookAtPayouts } from '../books/balance.ts';
import { schedule } from '../core/due.ts';
import { equal, type JsonObject } from '../core/json.ts';
import type { World } from '../core/world.ts';
import { emitThin } from '../events/emit.ts';
import type { AccountRecord, Capability } from '../store/records.ts';
import { bankAccountsOf, findAccount, readAccount, storeAccount } from './record.ts';
import { standingOf } from './requirements.ts';

/** Milliseconds on the sandbox's clock for which Stripe reviews values that need a review. */
const reviewMs = 3_000;

/**
 * Changes an account: stores it, updates its requirements and capabilities, and emits an event for
 * each part.
 */
export function changeAccount(
  w: World,
  id: string,
  change: (account: AccountRecord) => void,
  reviewed = false,
): AccountRecord {
  const before = readAccount(w, id);
  const after = structuredClone(before);
  change(after);
  applyStanding(w, after, reviewed);
  storeAccount(w, after);
  tell(w, before, after);
  // Automatic payouts that were impossible before may now be possible.
  if (!isPaidOut(before) && isPaidOut(after)) lookAtPayouts(w, id);
  return after;
}

/**
 * Updates capabilities and requirements to match the entered data. `reviewed` is true once the
 * review is over.
 */
export function applyStanding(w: World, account: AccountRecord, reviewed: boolean): void {
  if (!account.internal.recipient) return;
  const wasReviewing = account.internal.reviewing;
  const alreadyVerified = account.internal.stripeTransfers.status === 'active';
  const banks = bankAccountsOf(w, account.id);
  const standing = standingOf(account, banks, reviewed || alreadyVerified, w.clock.now());
  Object.assign(account.internal, standing);
  if (standing.reviewing && !wasReviewing) {
    schedule(w, w.clock.now() + reviewMs, 'review', account.id);
  }
}

/** Due: Stripe has finished its review of the entered data. */
export function finishReview(w: World, id: string): void {
  if (findAccount(w, id)?.internal.reviewing) changeAccount(w, id, () => undefined, true);
}

/** Requires something more from a seller by a deadline. */
export function demand(w: World, id: string, description: string, deadline: number): AccountRecord {
  schedule(w, deadline, 'deadline', id);
  return changeAccount(w, id, ({ internal }) => {
    const others = (internal.demands ?? []).filter((one) => one.description !== description);
    internal.demands = [...others, { description, deadline }];
  });
}

/** Due: restricts the account if something is still missing at the deadline. */
export function passDeadline(w: World, id: string): void {
  if (findAccount(w, id)) changeAccount(w, id, () => undefined);
}

function isPaidOut({ internal }: AccountRecord): boolean {
  return internal.payouts.status === 'active' && !internal.payoutsPaused;
}

function tell(w: World, before: AccountRecord, after: AccountRecord): void {
  const parts: [string, unknown, unknown][] = [
    ['[identity]', before.identity, after.identity],
    ['[defaults]', before.defaults, after.defaults],
    ['[requirements]', before.internal.entries, after.internal.entries],
  ];
  for (const [part, was, is] of parts) {
    if (!equal(was, is)) emitThin(w, `v2.core.account${part}.updated`, { accountId: after.id });
  }
  tellCapability(
    w,
    after.id,
    'stripe_transfers',
    before.internal.stripeTransfers,
    after.internal.stripeTransfers,
  );
  tellCapability(w, after.id, 'payouts', before.internal.payouts, after.internal.payouts);
  if (!equal(topOf(before), topOf(after))) {
    emitThin(w, 'v2.core.account.updated', { accountId: after.id });
  }
}

function tellCapability(
  w: World,
  accountId: string,
  name: string,
  was: Capability,
  is: Capability,
) {
  if (equal(was, is)) return;
  emitThin(w, 'v2.core.account[configuration.recipient].capability_status_updated', {
    accountId,
    data: { updated_capability: `stripe_balance.${name}` },
  });
}

function topOf(account: AccountRecord): JsonObject {
  const { contact_email, contact_phone, display_name, dashboard, metadata } = account;
  return { contact_email, contact_phone, display_name, dashboard, metadata };
}
