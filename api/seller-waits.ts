import type { z } from '@hono/zod-openapi';
import type { SellerBeside } from '../db/explanations.ts';
import type { Operations } from '../db/operations.ts';
import { formatMoney, money } from '../domain/money.ts';
import type { Actor, Wait } from './explanation-schemas.ts';
import { sellerCommand, sellerParkedOf } from './seller-words.ts';

type Waiting = z.infer<typeof Wait>;

/** Why this seller cannot be paid whatever money it has; nothing when it can. */
export function sellerWaits(seller: SellerBeside): Waiting[] {
  const { status, createdAt, accountReadAt } = seller;
  const stopped = parkedWait(seller);
  if (status === 'closed') {
    return [wait('closed', 'platform', 'The seller is closed', 'Reopening it'), ...stopped];
  }
  if (stopped.length > 0) return stopped;
  const stops = stopWaits(seller);
  if (status === 'active') return stops;
  if (seller.stripeAccount === null) {
    const reason = 'Its account at Stripe is being created';
    const more = { since: createdAt };
    return [wait('account-creation', 'engine', reason, 'Stripe’s answer', more), ...stops];
  }
  if (accountReadAt === null) {
    const reason = 'Its account was not read from Stripe yet';
    return [wait('account-read', 'engine', reason, 'Reading it', { since: createdAt }), ...stops];
  }
  return [capabilityWait(seller), ...stops];
}

function parkedWait({ id, parked, parkedAt }: SellerBeside): Waiting[] {
  if (parked === null) return [];
  const { explanation, commands } = sellerParkedOf(id, parked);
  const lifted = 'A person, by one of its commands';
  return [wait(parked, 'operator', explanation, lifted, { since: parkedAt, commands })];
}

/** The pause and the holds: each with its own reason, and lifted by its own request. */
function stopWaits({ id, paused, holds }: SellerBeside): Waiting[] {
  const because = { reason: '...' };
  const pause = paused && {
    since: paused.since,
    commands: [sellerCommand(id, 'resume', 'Payouts may start again', because)],
  };
  return [
    ...(paused && pause
      ? [wait('paused', 'operator', `It is paused: ${paused.reason}`, 'Resuming it', pause)]
      : []),
    ...holds.map(({ id: holdId, amount, currency, reason, placedAt, expiresAt, source }) => {
      const what =
        amount === null || currency === null
          ? 'All of its money'
          : formatMoney(money(amount, currency));
      const command = {
        method: 'POST' as const,
        path: `/v1/holds/${holdId}/release`,
        body: because,
        when: 'This hold is no longer needed; others stay',
      };
      const lifted = expiresAt ? 'Releasing it, or time' : 'Releasing it';
      const more = { since: placedAt, lookAgainAt: expiresAt, commands: [command] };
      return wait('hold', 'operator', `${what} is held (${source}): ${reason}`, lifted, more);
    }),
  ];
}

function capabilityWait(seller: SellerBeside): Waiting {
  const { id, status, lookAgainAt, accountReadAt, transfersCapability, payoutsCapability } = seller;
  const lacking = [
    ...(transfersCapability === 'active' ? [] : [`transfers: ${transfersCapability ?? 'unknown'}`]),
    ...(payoutsCapability === 'active' ? [] : [`payouts: ${payoutsCapability ?? 'unknown'}`]),
  ];
  if (lacking.length === 0) {
    const reason = 'Its account may be paid, but is not set to manual payouts yet';
    const more = { since: accountReadAt, lookAgainAt };
    return wait('manual-payouts', 'engine', reason, 'Setting it, and reading it back', more);
  }
  const isNew = status === 'onboarding';
  const reviewed = [transfersCapability, payoutsCapability].every(
    (state) => state === 'active' || state === 'pending',
  );
  const reason = isNew
    ? `The seller has not finished onboarding at Stripe (${lacking.join(', ')})`
    : `Stripe restricts its account (${lacking.join(', ')})`;
  const actor = reviewed ? 'stripe' : 'seller';
  const lifted = reviewed ? 'Stripe’s review' : 'What Stripe asks for, given on Stripe’s pages';
  const text = 'The seller is there: send it to the answered url';
  const urls = { returnUrl: 'https://...', refreshUrl: 'https://...' };
  const commands = reviewed ? [] : [sellerCommand(id, 'onboarding-link', text, urls)];
  const more = { since: isNew ? seller.createdAt : null, lookAgainAt, commands };
  return wait(isNew ? 'onboarding' : 'capability', actor, reason, lifted, more);
}

/** An operator stopped all money. */
export function moneyStopped({ reason, changedAt }: Operations): Waiting {
  const because = `An operator stopped all money: ${reason ?? 'no reason is known'}`;
  const command = {
    method: 'POST' as const,
    path: '/v1/operations/resume-money',
    body: { reason: '...' },
    when: 'Money may move again',
  };
  const more = { since: changedAt, commands: [command] };
  return wait('money-stopped', 'operator', because, 'Resuming money', more);
}

/** One reason of a seller's own, about no payout in particular. */
export function wait(
  name: string,
  actor: Actor,
  reason: string,
  liftedBy: string,
  more: Partial<Pick<Waiting, 'since' | 'commands' | 'lookAgainAt'>> = {},
): Waiting {
  const none = { since: null, commands: [], lookAgainAt: null, payoutId: null };
  return { for: name, reason, liftedBy, actor, ...none, ...more };
}
