import {
  correctDestination,
  createDestination,
  listDestinations,
} from '../../activities/stripe-events/destinations.ts';
import type { StripeDeps } from '../../activities/stripe/call-once.ts';
import { stripeApiVersion } from '../../activities/stripe/client.ts';
import { judge } from '../../activities/stripe/errors.ts';
import type { Config } from '../../config.ts';
import {
  type DestinationPlan,
  type DestinationRole,
  type KnownDestination,
  planDestinations,
  wantedDestinations,
} from '../../domain/stripe-events/destinations.ts';
import { whyNoAnswer } from '../installation.ts';
import type { Finding } from './findings.ts';

const about = 'Webhooks';

type KeepSecret = ((secret: string) => void) | undefined;

/**
 * Makes and corrects the event destinations at WEBHOOK_URL. Without somewhere to show a signing
 * secret none is made: Stripe tells it once.
 */
export async function* layDestinations(
  deps: StripeDeps,
  config: Config,
  keepSecret: KeepSecret,
): AsyncGenerator<Finding> {
  const { webhookUrl, webhookSecrets } = config.stripe;
  if (webhookUrl === undefined) {
    const sweep = `the sweep reads from Stripe what happens, every ${config.jobSeconds.sweep} s`;
    yield { state: 'note', about, says: `WEBHOOK_URL is not set: ${sweep}` };
    return;
  }
  let known: KnownDestination[];
  try {
    known = await listDestinations(deps);
  } catch (error) {
    yield { state: 'wrong', about, says: whyNoAnswer(error, config) };
    return;
  }
  const wanted = wantedDestinations(stripeApiVersion);
  const { plans, leftover } = planDestinations(wanted, known, webhookUrl);
  const unmade = plans.filter(({ kind }) => kind === 'make').length;
  if (unmade > 0 && !keepSecret) yield { state: 'wrong', about, says: wordsForUnmade(unmade) };
  for (const plan of plans) {
    if (plan.kind === 'make' && !keepSecret) continue;
    yield await carryOut(deps, plan, webhookUrl, keepSecret).catch((error: unknown): Finding => {
      const says = `${words[plan.wanted.role]}: ${whyNoAnswer(error, config)}`;
      return { state: 'wrong', about, says: `${says}${refusalOf(error)}` };
    });
  }
  for (const one of leftover) yield { state: 'wrong', about, says: wordsForLeftover(one) };
  const standing = plans.length - unmade;
  if (standing > 0) yield secretsFinding(standing, webhookSecrets.length);
}

async function carryOut(
  deps: StripeDeps,
  plan: DestinationPlan,
  url: string,
  keepSecret: KeepSecret,
): Promise<Finding> {
  const what = words[plan.wanted.role];
  if (plan.kind === 'keep') return { state: 'ok', about, says: `${plan.id} sends ${what}` };
  if (plan.kind === 'correct') {
    await correctDestination(deps, plan);
    const done = [plan.types && 'types of events', plan.enable && 'enabled again'];
    const says = `${plan.id} sends ${what}: ${done.filter(Boolean).join(', ')}`;
    return { state: 'made', about, says };
  }
  const { id, secret } = await createDestination(deps, plan.wanted, url);
  if (secret !== null) keepSecret?.(secret);
  return { state: 'made', about, says: `${id} sends ${what} to ${url}` };
}

const words = {
  platform: "the platform's own events",
  accounts: "events of sellers' accounts",
  'account-changes': 'changes of accounts',
} satisfies Record<DestinationRole, string>;

function wordsForUnmade(count: number): string {
  const what = count === 1 ? 'One event destination is' : `${count} event destinations are`;
  return (
    `${what} not made yet; the sweep reads what it would send. Run npm run setup in a terminal: ` +
    'each has a signing secret, which is shown once and belongs in no log.'
  );
}

function wordsForLeftover({ id, version }: KnownDestination): string {
  const why =
    version === null || version === stripeApiVersion
      ? 'does the work of another'
      : `sends events in API version ${version}, not ${stripeApiVersion}, which Stripe cannot change`;
  return (
    `${id} ${why}. Once the secret of the other is in STRIPE_WEBHOOK_SECRETS, delete this one in ` +
    'the Stripe Dashboard: Workbench, Webhooks.'
  );
}

function secretsFinding(standing: number, here: number): Finding {
  const says =
    `Each was shown when its destination was made. A lost one is rolled in the Stripe Dashboard: ` +
    `Workbench, Webhooks, the destination, Roll secret. STRIPE_WEBHOOK_SECRETS here holds ${here}` +
    (here < standing ? `, and ${standing} destinations sign.` : '.');
  return { state: here < standing ? 'note' : 'ok', about: 'Signing secrets', says };
}

/** Stripe's own words, where it says no to a destination: they can hold nobody's details. */
function refusalOf(error: unknown): string {
  return judge(error, true).kind === 'refused' && error instanceof Error ? ` ${error.message}` : '';
}
