import { z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { newId } from '../../domain/ids.ts';
import { type AppDeps, type AppEnv, createRoutes } from '../http/context.ts';
import { readSeller } from '../http/found.ts';
import { defineRoute } from '../http/define-route.ts';
import { answer, body, ifGiven, Instant, SellerParams } from '../http/schemas.ts';
import { accountOf, askStripe } from '../stripe/ask.ts';

const WebAddress = z
  .url({ protocol: /^https?$/, error: ifGiven('must be an http or https address') })
  .max(2000, 'must have at most 2000 characters')
  .openapi({ example: 'https://shop.example/payouts' });

const OnboardingUrls = z
  .strictObject({
    returnUrl: WebAddress.openapi({
      description: 'Where Stripe redirects the seller after onboarding',
    }),
    refreshUrl: WebAddress.openapi({
      description: 'Where Stripe redirects a seller whose link was already used or has expired',
    }),
  })
  .openapi('OnboardingUrls');

const Link = z.object({ url: z.string(), expiresAt: Instant.nullable() }).openapi('Link', {
  description:
    'Secret: whoever opens the link acts as the seller. Redirect the seller’s browser to the link, and never send it by email',
});

/**
 * The features of Stripe's components. Sellers may change bank accounts, but not when they are
 * paid.
 */
const bank = { external_account_collection: true };
const payouts = {
  ...bank,
  edit_payout_schedule: false,
  instant_payouts: false,
  standard_payouts: false,
};
const components = {
  account_management: { enabled: true, features: bank },
  account_onboarding: { enabled: true, features: bank },
  balances: { enabled: true, features: payouts },
  documents: { enabled: true, features: {} },
  notification_banner: { enabled: true, features: bank },
  payout_details: { enabled: true, features: {} },
  payouts: { enabled: true, features: payouts },
  payouts_list: { enabled: true, features: {} },
} as const;
const componentNames = Object.keys(components) as (keyof typeof components)[];

const SessionRequest = z
  .strictObject({
    components: z
      .array(z.enum(componentNames))
      .min(1, 'must name at least one')
      .optional()
      .openapi({ description: 'By default, all of these components' }),
  })
  .openapi('AccountSessionRequest');

const AccountSession = z
  .object({
    stripeAccount: z.string(),
    clientSecret: z
      .string()
      .openapi({ description: 'Secret: give it only to the seller’s browser' }),
    expiresAt: Instant,
    components: z.array(z.enum(componentNames)),
  })
  .openapi('AccountSession');

const notKept =
  'Stripe creates the secret for this answer. The engine never stores it, so each request creates a new one';
const route = <Asked extends z.ZodType, Answered extends z.ZodType>(
  name: string,
  summary: string,
  { asked, answered }: { asked: Asked; answered: Answered },
) =>
  defineRoute({
    method: 'post',
    path: `/v1/sellers/{sellerId}/${name}`,
    operationId: `create${name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    description: `${notKept}. This request needs no Idempotency-Key.`,
    tags: ['Sellers'],
    request: { params: SellerParams, body: body(asked) },
    responses: { 200: answer(answered, 'The answer. Do not store it') },
  });

const onboardingRoute = route('onboarding-link', 'Create a link to Stripe’s onboarding pages', {
  asked: OnboardingUrls,
  answered: Link,
});
const loginRoute = route('login-link', 'Create a link to Stripe’s Express dashboard', {
  asked: z.strictObject({}),
  answered: Link,
});
const sessionRoute = route('account-session', 'Create a session for Stripe’s embedded components', {
  asked: SessionRequest,
  answered: AccountSession,
});

const forNobodyElse: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  c.header('cache-control', 'no-store');
};

/**
 * The options of one request. Each request gets a new key, so that Stripe never repeats an earlier
 * secret.
 */
function once(): { idempotencyKey: string } {
  return { idempotencyKey: newId('mint') };
}

/**
 * Routes that create links to Stripe's pages and sessions for its components. The answers are
 * secret and never stored.
 */
export function sellerLinkRoutes(deps: AppDeps) {
  const { db } = deps;
  const routes = createRoutes();
  for (const { path } of [onboardingRoute, loginRoute, sessionRoute]) {
    routes.use(path.replaceAll(/\{(\w+)\}/g, ':$1'), forNobodyElse);
  }
  return routes
    .openapi(onboardingRoute, async (c) => {
      const { returnUrl, refreshUrl } = c.req.valid('json');
      const account = accountOf(await readSeller(db, c.req.valid('param').sellerId));
      const link = await askStripe(deps, 'POST /v2/core/account_links', (stripe) =>
        stripe.v2.core.accountLinks.create(
          {
            account,
            use_case: {
              type: 'account_onboarding',
              account_onboarding: {
                return_url: returnUrl,
                refresh_url: refreshUrl,
                collection_options: { fields: 'eventually_due' },
              },
            },
          },
          once(),
        ),
      );
      return c.json({ url: link.url, expiresAt: link.expires_at }, 200);
    })
    .openapi(loginRoute, async (c) => {
      const account = accountOf(await readSeller(db, c.req.valid('param').sellerId));
      const link = await askStripe(deps, 'POST /v1/accounts/login_links', (stripe) =>
        stripe.accounts.createLoginLink(account, {}, once()),
      );
      return c.json({ url: link.url, expiresAt: null }, 200);
    })
    .openapi(sessionRoute, async (c) => {
      const names = [...new Set(c.req.valid('json').components ?? componentNames)];
      const account = accountOf(await readSeller(db, c.req.valid('param').sellerId));
      const session = await askStripe(deps, 'POST /v1/account_sessions', (stripe) =>
        stripe.accountSessions.create(
          {
            account,
            components: Object.fromEntries(names.map((name) => [name, components[name]])),
          },
          once(),
        ),
      );
      const expiresAt = new Date(session.expires_at * 1000).toISOString();
      const shown = { stripeAccount: account, clientSecret: session.client_secret };
      return c.json({ ...shown, expiresAt, components: names }, 200);
    });
}
