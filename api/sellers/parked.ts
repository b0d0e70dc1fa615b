import { z } from '@hono/zod-openapi';
import {
  confirmAccountCreated,
  confirmAccountNotCreated,
  findAccountDoubt,
  lockParkedSeller,
  unparkSeller,
} from '../../db/accounts/parked.ts';
import type { Tx } from '../../db/connect.ts';
import type { SellerId, StripeAccountId } from '../../domain/ids.ts';
import { isUnknown, offers, type SellerParkReason } from '../../domain/parking/reasons.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { decisionsAbout } from '../http/define-route.ts';
import { readSeller } from '../http/found.ts';
import { brokenRule, Problem } from '../http/problems.ts';
import { SellerParams } from '../http/schemas.ts';
import { foundAtStripe, lookForAccount } from '../stripe/looks.ts';
import { Seller, toSeller } from './routes.ts';

const Nothing = z.strictObject({});
const Created = z
  .strictObject({
    stripeAccount: z
      .custom<StripeAccountId>(
        (id) => typeof id === 'string' && /^acct_[A-Za-z0-9]{1,200}$/.test(id),
        'must be the id of a Stripe account, acct_…',
      )
      .openapi({ type: 'string', example: 'acct_1ExampleOfAnAccount' }),
  })
  .openapi('ConfirmAccountCreated');

const route = decisionsAbout('Seller', { params: SellerParams, shown: Seller });

const retryRoute = route(
  'retry',
  'retry-seller',
  'Retry a parked seller after its cause is removed',
  Nothing,
);
const createdRoute = route(
  'confirm-account-created',
  'confirm-account-created',
  'Confirm that Stripe created the account',
  Created,
);
const notCreatedRoute = route(
  'confirm-account-not-created',
  'confirm-account-not-created',
  'Confirm that Stripe created no account, and create it again',
  Nothing,
  'The engine first looks for an account whose metadata names the seller. If there is one, the command is refused with the problem `found-at-stripe`. If Stripe cannot be read, the command is refused and changes nothing.',
);

/** Routes for a person who decides how a parked seller continues. */
export function parkedSellerRoutes(deps: AppDeps) {
  return createRoutes()
    .openapi(retryRoute, async (c) => {
      const { sellerId } = c.req.valid('param');
      const done = await runCommand(c, deps, { kind: 'retry-seller', request: {} }, async (tx) => {
        await lock(tx, sellerId, (parked) => offers(parked, 'retry'));
        await unparkSeller(tx, sellerId);
        return show(tx, sellerId);
      });
      return c.json(done.body, 200);
    })
    .openapi(createdRoute, async (c) => {
      const { sellerId } = c.req.valid('param');
      const request = c.req.valid('json');
      const kind = 'confirm-account-created';
      const done = await runCommand(c, deps, { kind, request }, async (tx) => {
        await lock(tx, sellerId, isUnknown);
        const { stripeAccount } = request;
        await confirmAccountCreated(tx, sellerId, stripeAccount).catch(refuseTakenAccount);
        return show(tx, sellerId);
      });
      return c.json(done.body, 200);
    })
    .openapi(notCreatedRoute, async (c) => {
      const { sellerId } = c.req.valid('param');
      const kind = 'confirm-account-not-created';
      const look = () => lookBefore(deps, sellerId);
      const done = await runCommand(c, deps, { kind, request: {}, look }, async (tx, seen) => {
        await lock(tx, sellerId, isUnknown);
        if (!seen) throw new Problem('unavailable', 'Stripe was not asked. Send the request again');
        if (seen.account) throw foundAtStripe(...sayFound(sellerId, seen.account));
        await confirmAccountNotCreated(tx, sellerId);
        return show(tx, sellerId);
      });
      return c.json(done.body, 200);
    });
}

/** Looks at Stripe for the account that a person says does not exist, if a person must say so. */
async function lookBefore(
  deps: AppDeps,
  sellerId: SellerId,
): Promise<{ account: string | null } | undefined> {
  const since = await findAccountDoubt(deps.db, sellerId);
  return since === undefined
    ? undefined
    : { account: await lookForAccount(deps, { sellerId, since }) };
}

function sayFound(sellerId: SellerId, account: string): [says: string, remedy: string] {
  return [
    `${account} exists at Stripe and names this seller`,
    `Send POST /v1/sellers/${sellerId}/confirm-account-created with {"stripeAccount": "${account}"}`,
  ];
}

async function lock(
  tx: Tx,
  sellerId: SellerId,
  isAnswered: (parked: SellerParkReason) => boolean,
): Promise<void> {
  const seller = await lockParkedSeller(tx, sellerId);
  if (!seller) throw new Problem('unknown-seller', 'No seller has this id');
  const { parked } = seller;
  if (parked !== null && isAnswered(parked)) return;
  const detail =
    parked === null
      ? 'This seller does not wait for a person'
      : `This seller waits for another decision, because of ${parked}`;
  throw new Problem('seller-not-parked', `${detail}; see /v1/attention`);
}

async function show(tx: Tx, sellerId: SellerId) {
  const body = toSeller(await readSeller(tx, sellerId));
  return { status: 200 as const, body, objectId: sellerId };
}

/**
 * Refuses an account that already belongs to another seller, as a constraint of the database
 * detects. Throws every other error again.
 */
function refuseTakenAccount(error: unknown): never {
  const constraint = error instanceof Error && 'constraint' in error ? error.constraint : '';
  if (constraint !== 'sellers_stripe_account_key') throw error;
  const rule = 'must not belong to another seller';
  throw brokenRule('body', ['stripeAccount'], rule);
}
