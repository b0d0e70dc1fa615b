import { fillInHostedPage, noSuchAccount } from '../hosted-page.ts';
import { fact, type Person, type Stage } from '../stage.ts';

const cast = [
  ['Ada', 'DE'],
  ['Margaux', 'FR'],
  ['Emma', 'GB'],
  ['Giulia', 'IT'],
  ['Pablo', 'ES'],
  ['Niamh', 'IE'],
  ['Lars', 'NL'],
] as const;

/** Who types a bank account number that does not exist. */
const mistaken = 'Pablo';

/** Countries of which the platform asks before a seller there begins to sell. */
const asked = ['DE', 'GB', 'JP', 'MX'];

/** Sellers of several countries onboard, all at once, on Stripe's hosted page. */
export async function onboarding(stage: Stage): Promise<void> {
  stage.section('Where sellers can be paid, asked before anybody sells');
  for (const country of asked) await sayRoute(stage, country);
  stage.section('Sellers onboard on the hosted page');
  const arrivals = cast.map(async ([name, country]) => onboard(stage, name, country));
  stage.people.push(...(await Promise.all(arrivals)));
}

async function sayRoute({ api, line }: Stage, country: string): Promise<void> {
  const route = (await api('GET', `/v1/routes?country=${country}`)) as Record<string, string>;
  line(`${country}: ${route['outcome']}. ${route['explanation']}`);
}

async function onboard(stage: Stage, name: string, country: string): Promise<Person> {
  const { api, line } = stage;
  const email = `${name.toLowerCase()}@example.com`;
  const seller = { email, country, currency: 'eur', displayName: name, externalId: name };
  const { id } = (await api('POST', '/v1/sellers', seller)) as { id: string };
  const person = { name, country, id };
  const account = await fact(`${name} has an account`, async () => (await read()).stripeAccount);
  line(`${name}, ${country}: Stripe made ${account}; the link to its page goes to ${name}`);
  const typed: Record<string, string> = name === mistaken ? { accountNumber: noSuchAccount } : {};
  await fillInHostedPage(stage, person, { givenName: name, ...typed });
  await fact(`${name} is active`, async () => (await read()).status === 'active');
  line(`${name}, ${country}: identity, terms and bank account are in; ${name} can be paid`);
  return person;

  async function read() {
    return (await api('GET', `/v1/sellers/${id}`)) as { status: string; stripeAccount: string };
  }
}
