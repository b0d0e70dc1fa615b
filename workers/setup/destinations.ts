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
  type KnownDestination,
  planDestinations,
  wantedDestinations,
} from '../../domain/stripe-events/destinations.ts';
import { roleWords } from '../../domain/stripe-events/receipts.ts';
import { whyNoAnswer } from '../installation.ts';
import type { Finding } from './findings.ts';

const about = 'Webhooks';

type KeepSecret = ((secret: string) => void) | undefined;

/**
 * Creates and corrects the event destinations at WEBHOOK_URL. Creates none if it cannot show the
 * signing secret, because Stripe shows a secret only once.
 */
export async function* layDestinations(
  deps: StripeDeps,
  config: Config,
  keepSecret: KeepSecret,
): AsyncGenerator<Finding> {
  const { webhookUrl, webhookSecrets } = config.stripe;
  if (webhookUrl === undefined) {
    const sweep = `the sweep reads events from Stripe every ${config.jobSeconds.sweep} s`;
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
      const says = `${roleWords[plan.wanted.role]}: ${whyNoAnswer(error, config)}`;
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
  const what = roleWords[plan.wanted.role];
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

function wordsForUnmade(count: number): string {
  const what = count === 1 ? 'One event destination is' : `${count} event destinations are`;
  return (
    `${what} not created yet; until then, the sweep reads the events. Run npm run setup in a ` +
    'terminal: each destination has a signing secret, which is shown once and must not be logged.'
  );
}

function wordsForLeftover({ id, version }: KnownDestination): string {
  const why =
    version === null || version === stripeApiVersion
      ? 'duplicates another destination'
      : `sends events in API version ${version}, not ${stripeApiVersion}, which Stripe cannot change`;
  return (
    `${id} ${why}. Add the secret of the current destination to STRIPE_WEBHOOK_SECRETS, then ` +
    'delete this one in the Stripe Dashboard: Workbench, Webhooks.'
  );
}

function secretsFinding(standing: number, here: number): Finding {
  const says =
    `Each was shown when its destination was created. Replace a lost secret in the Stripe ` +
    `Dashboard: Workbench, Webhooks, the destination, Roll secret. STRIPE_WEBHOOK_SECRETS here ` +
    `holds ${here}` +
    (here < standing ? `; ${standing} destinations have one.` : '.');
  return { state: here < standing ? 'note' : 'ok', about: 'Signing secrets', says };
}

/** Stripe's own message if it refuses a destination: such a message contains no personal data. */
function refusalOf(error: unknown): string {
  return judge(error, true).kind === 'refused' && error instanceof Error ? ` ${error.message}` : '';
}
