import { type ReadError, sayReadError } from './accounts.ts';

/** What the engine reads of the platform, and what stops while Stripe refuses the read. */
const platformReads = {
  events: 'the platform’s events. Events that no webhook delivers are lost',
  'account-events': 'the events of accounts. Events that no webhook delivers are lost',
  transfers:
    'the platform’s transfers. After a start of PostgreSQL, nothing is sent before they are compared',
  'platform-books':
    'the platform’s balance transactions. Nothing is compared with the platform’s books',
  'platform-settings':
    'the platform’s payout schedule. Automatic payouts of the platform are not noticed',
  charges: 'charges. Earnings that name a charge wait',
} as const satisfies Record<string, string>;
export type PlatformRead = keyof typeof platformReads;

/** The name of the check whether the key may read this. */
export function readableCheck(what: PlatformRead): string {
  return `${what}-readable`;
}

/** What does not work while Stripe refuses a read of the platform, and the remedy. */
export function sayPlatformRead(what: PlatformRead, error: ReadError | null): string {
  const answer = error === null ? 'Stripe refuses the read' : sayReadError(error);
  const permission = error?.permission ?? null;
  const needs =
    permission === null ? 'the permission for this read' : `the permission ${permission}`;
  return `The engine cannot read ${platformReads[what]}: ${answer}. Give the key in STRIPE_SECRET_KEY ${needs} in the Stripe Dashboard, under Developers, API keys.`;
}
