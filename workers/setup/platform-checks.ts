import { createPlatformActivities, platformPayoutsRemedy } from '../../activities/operations.ts';
import { rightIsVisible } from '../../activities/recovery/right-to-send.ts';
import type { StripeDeps } from '../../activities/stripe/call-once.ts';
import { stripeApiVersion } from '../../activities/stripe/client.ts';
import type { Config } from '../../config.ts';
import { whyUnusable } from '../../db/migrations/compatibility.ts';
import {
  describeMismatch,
  findInstallation,
  type Installation,
} from '../../db/operations/installation.ts';
import { listFailedChecks } from '../../db/operations/checks.ts';
import { readLostRight } from '../../db/recovery/right-to-send.ts';
import { reachableFrom } from '../../domain/routing/route.ts';
import { installationOf, retrievePlatform, whyNoAnswer } from '../installation.ts';
import type { Finding } from './findings.ts';

/** Checks the platform's account and key. Returns true if the set-up may ask Stripe for more. */
export async function* checkPlatform(
  deps: StripeDeps,
  config: Config,
): AsyncGenerator<Finding, boolean> {
  let stands: Installation | undefined;
  try {
    const why = await whyUnusable(deps.db);
    if (why !== undefined) {
      yield { state: 'fatal', about: 'Database', says: why };
      return false;
    }
    stands = await findInstallation(deps.db);
  } catch (error) {
    yield { state: 'fatal', about: 'Database', says: whyNoDatabase(error) };
    return false;
  }
  await deps.turns.take('GET /v1/accounts');
  const asked = await retrievePlatform(deps.stripe, config).catch((error: Error) => error);
  if (asked instanceof Error) {
    yield { state: 'fatal', about: 'Stripe key', says: asked.message };
    return false;
  }
  const mode = config.stripe.livemode ? 'live mode' : 'test mode';
  const where = config.stripe.is === 'sandbox' ? `the sandbox, ${config.stripe.apiBase}` : mode;
  yield { state: 'ok', about: 'Stripe key', says: `that of ${asked.id}, ${where}` };
  const installation = installationFinding(stands, installationOf(config, asked));
  yield installation;
  yield versionFinding(asked.lastResponse.apiVersion);
  // Changes nothing in an installation that belongs to another account or namespace.
  if (installation.state === 'fatal') return false;
  yield await connectFinding(deps, config);
  yield await payoutsFinding(deps);
  yield await countriesFinding(deps, config, installationOf(config, asked));
  yield await rightFinding(deps);
  return true;
}

function whyNoDatabase(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const undefinedTable = '42P01';
  if (code === undefinedTable) return 'The database has no tables yet. Run node db/migrate.ts.';
  return `The database does not answer (${String(message || code)}). Check DATABASE_URL.`;
}

function installationFinding(stands: Installation | undefined, here: Installation): Finding {
  const about = 'Database';
  const mismatch = stands && describeMismatch(stands, here);
  if (mismatch !== undefined) {
    const remedy =
      'Use the key and namespace that the database was first used with, or another DATABASE_URL.';
    return { state: 'fatal', about, says: `${mismatch}. ${remedy}` };
  }
  const says = stands
    ? `belongs to ${here.stripeAccount} and this namespace`
    : `new; the first worker that starts assigns it to ${here.stripeAccount}`;
  return { state: 'ok', about, says };
}

/**
 * Stripe answers in the version of the request, and every request of the engine names a version.
 */
function versionFinding(answered: string | undefined): Finding {
  const about = 'API version';
  if (answered === stripeApiVersion) return { state: 'ok', about, says: stripeApiVersion };
  const says = `The engine requests version ${stripeApiVersion}, but Stripe answers in ${answered}. Use a version of the engine that Stripe supports.`;
  return { state: 'wrong', about, says };
}

async function connectFinding({ stripe, turns }: StripeDeps, config: Config): Promise<Finding> {
  const about = 'Connect';
  await turns.take('GET /v2/core/accounts');
  try {
    await stripe.v2.core.accounts.list({ limit: 1 });
    return { state: 'ok', about, says: 'on: connected accounts can be read' };
  } catch (error) {
    const remedy =
      'Sellers are accounts of Stripe Connect: complete the Connect set-up in the Stripe ' +
      'Dashboard. A restricted key needs permission to read and write accounts.';
    return { state: 'wrong', about, says: `${whyNoAnswer(error, config)} ${remedy}` };
  }
}

async function payoutsFinding(deps: StripeDeps): Promise<Finding> {
  const about = 'Platform payouts';
  try {
    const { passed } = await createPlatformActivities(deps).checkPlatformPayouts();
    return passed
      ? { state: 'ok', about, says: 'manual' }
      : { state: 'wrong', about, says: platformPayoutsRemedy };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { state: 'wrong', about, says: `The schedule could not be read. ${message}.` };
  }
}

/** Compares the tables of `domain/routing` with what Stripe says of the platform's country. */
async function countriesFinding(
  { stripe, turns }: StripeDeps,
  config: Config,
  { platformCountry: platform }: Installation,
): Promise<Finding> {
  const about = 'Countries';
  await turns.take('GET /v1/country_specs');
  try {
    const spec = await stripe.countrySpecs.retrieve(platform);
    const atStripe = new Set(spec.supported_transfer_countries);
    const here = reachableFrom(platform);
    const differences = [
      ...[...atStripe].filter((one) => !here.has(one)).map((one) => `${one} is only at Stripe`),
      ...[...here].filter((one) => !atStripe.has(one)).map((one) => `${one} is only here`),
    ];
    if (differences.length === 0) {
      const says = `a platform in ${platform} reaches ${here.size} countries, as Stripe says`;
      return { state: 'ok', about, says };
    }
    const says = `Stripe lists other countries that a platform in ${platform} may send money to: ${differences.sort().join(', ')}. Correct domain/routing/corridors.ts.`;
    return { state: 'note', about, says };
  } catch (error) {
    return { state: 'note', about, says: whyNoAnswer(error, config) };
  }
}

/** `payoutsFinding` has looked at the right to send; this function reports the result. */
async function rightFinding({ db }: StripeDeps): Promise<Finding> {
  const about = 'Right to send';
  const failed = (await listFailedChecks(db)).find(({ name }) => name === rightIsVisible);
  if (failed) return { state: 'wrong', about, says: failed.remedy };
  const lost = await readLostRight(db);
  return lost === null
    ? { state: 'ok', about, says: 'no other engine has it' }
    : { state: 'wrong', about, says: lost };
}
