import { accountFailureOf } from '../accounts/capabilities.ts';
import type { Failure, FailureNext } from '../accounts/failures.ts';
import { describeDue } from '../accounts/requirements.ts';
import type { HoldRecord } from '../holds.ts';
import { formatMoney, money } from '../money.ts';
import { because, onboardingLink, sellerCommand } from '../parking/commands.ts';
import { rejection, sellerParkOf, takenBack } from '../parking/reasons.ts';
import { type Actor, waitNames } from '../waits.ts';
import type { SellerBeside } from './facts.ts';
import { wait, type Waiting } from './waiting.ts';

/** Why this seller cannot be paid whatever money it has; nothing when it can. */
export function sellerWaits(seller: SellerBeside): Waiting[] {
  const stopped = parkedWait(seller);
  if (seller.status === 'closed') {
    return [wait('closed', 'platform', 'The seller is closed', 'Reopening it'), ...stopped];
  }
  if (stopped.length > 0) return stopped;
  return [...accountWaits(seller), ...stopWaits(seller)];
}

/** What its account at Stripe lacks. */
export function accountWaits(seller: SellerBeside): Waiting[] {
  const { status, createdAt, accountReadAt } = seller;
  if (status === 'active' || status === 'closed') return [];
  const since = createdAt;
  if (seller.stripeAccount === null) {
    const reason = 'Its account at Stripe is being created';
    return [wait('account-creation', 'engine', reason, 'Stripe’s answer', { since })];
  }
  if (accountReadAt === null) {
    const reason = 'Its account was not read from Stripe yet';
    return [wait('account-read', 'engine', reason, 'Reading it', { since })];
  }
  return [isRejected(seller) ? rejectedWait(seller) : capabilityWait(seller)];
}

/** True while Stripe rejects its account, which is for good unless somebody takes it back. */
export function isRejected(seller: SellerBeside | null): boolean {
  return seller !== null && seller.rejectedAt !== null && seller.status !== 'closed';
}

function rejectedWait({ id, rejectedAt: since, lookAgainAt }: SellerBeside): Waiting {
  const { explanation, commands } = sellerParkOf(rejection, id);
  const more = { since, lookAgainAt, commands };
  return wait(rejection, 'platform', explanation, takenBack, more);
}

function parkedWait({ id, parked, parkedAt }: SellerBeside): Waiting[] {
  if (parked === null) return [];
  const { explanation, commands } = sellerParkOf(parked, id);
  const lifted = 'A person, by one of its commands';
  return [wait(parked, 'operator', explanation, lifted, { since: parkedAt, commands })];
}

/** The pause and the holds: each with its own reason, and lifted by its own request. */
function stopWaits({ id, paused, holds }: SellerBeside): Waiting[] {
  if (!paused) return holds.map(holdWait);
  const { since, by, reason } = paused;
  const commands = [sellerCommand(id, 'resume', 'Payouts may start again', because)];
  const more = { since, by, commands };
  return [
    wait('paused', 'operator', `The seller is paused: ${reason}`, 'Resuming it', more),
    ...holds.map(holdWait),
  ];
}

function holdWait(hold: HoldRecord): Waiting {
  const { id, amount, currency, reason, placedAt, expiresAt, source } = hold;
  const all = currency === null ? 'All of its money' : `All of its ${currency.toUpperCase()}`;
  const what = amount === null || currency === null ? all : formatMoney(money(amount, currency));
  const command = {
    method: 'POST' as const,
    path: `/v1/holds/${id}/release`,
    body: because,
    when: `It is no longer needed; other holds stay. What would happen: GET /v1/holds/${id}/preview`,
  };
  const lifted = expiresAt ? 'Releasing it, or time' : 'Releasing it';
  const more = { since: placedAt, by: hold.placedBy, lookAgainAt: expiresAt, commands: [command] };
  return wait(waitNames.hold, 'operator', `${what} is held (${source}): ${reason}`, lifted, more);
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
  const reason = isNew
    ? `The seller has not finished onboarding at Stripe (${lacking.join(', ')})`
    : `Stripe restricts its account (${lacking.join(', ')})`;
  const failure = sellerFailureOf(seller);
  const { actor, liftedBy } = turns[failure?.next ?? 'operator'];
  const text = 'The seller is there: send it to the answered url';
  const commands = actor === 'seller' ? [onboardingLink(id, text)] : [];
  const due = describeDue(seller.requirements);
  const told = due.length > 0 && actor !== 'operator' ? due : [failure?.forOperator ?? []].flat();
  return wait(
    isNew ? 'onboarding' : waitNames.capability,
    actor,
    [reason, ...told].join('. '),
    liftedBy,
    {
      since: isNew ? seller.createdAt : null,
      lookAgainAt,
      commands,
    },
  );
}

/** Whose turn it is while an account may not be paid, and what ends that. */
const turns: Record<FailureNext, { actor: Actor; liftedBy: string }> = {
  wait: { actor: 'stripe', liftedBy: 'Stripe’s review' },
  'new-details': { actor: 'seller', liftedBy: 'What Stripe asks for, given on Stripe’s pages' },
  'talk-to-bank': { actor: 'seller', liftedBy: 'The seller’s bank' },
  operator: {
    actor: 'operator',
    liftedBy: 'A person, with Stripe: nothing that the seller enters',
  },
};

/** Why Stripe does not let the account be paid, and who must act; null where it may. */
export function sellerFailureOf(seller: SellerBeside): Failure | null {
  const { transfersCapability: transfers, payoutsCapability: payouts } = seller;
  const { capabilityDetails: details, requirements } = seller;
  return accountFailureOf({ transfers, payouts, details, requirements });
}
