import { forEach } from '../bench/calls.ts';
import { until } from '../wait.ts';
import { type Part, timeZoneOf } from './cast.ts';
import { actAsOperator } from './operator.ts';
import type { Scene } from './scene.ts';
import type { Striker } from './strikes/striker.ts';

/** A seller of this run. */
export type Seller = Part & { id: string; account: string };

const lanes = 10;
const limitMs = 300_000;

/** Creates every seller and completes its onboarding on Stripe's page, under strikes. */
export async function onboard(
  scene: Scene,
  cast: readonly Part[],
  striker: Striker,
): Promise<Seller[]> {
  const sellers: Seller[] = [];
  const operator = setInterval(() => void actAsOperator(scene).catch(() => undefined), 3000);
  try {
    await forEach(cast, lanes, async (part) => {
      sellers.push(await onboardOne(scene, part, striker));
    });
  } finally {
    clearInterval(operator);
  }
  return sellers.sort((left, right) => left.index - right.index);
}

async function onboardOne(scene: Scene, part: Part, striker: Striker): Promise<Seller> {
  const { api, control, count, seed } = scene;
  const { index, country, currency, daily, bank } = part;
  const asked = {
    email: `seller-${index}@example.com`,
    externalId: `seller-${index}`,
    country,
    currency,
    ...(daily && { schedule: { interval: 'daily', at: '09:00', timeZone: timeZoneOf(part) } }),
  };
  const { id } = (await api('POST', '/v1/sellers', asked, `${seed}/seller/${index}`)) as {
    id: string;
  };
  count.sellers += 1;
  await striker.reach('onboarding', count.sellers);
  const read = async (): Promise<{ status: string; stripeAccount: string }> =>
    api('GET', `/v1/sellers/${id}`);
  const account = await until(
    `${id} has an account`,
    async () => (await read()).stripeAccount,
    limitMs,
  );
  await control('POST', `/accounts/${account}/complete-onboarding`, {
    ...(bank && { accountNumber: bank.number }),
  });
  await until(`${id} is active`, async () => (await read()).status === 'active', limitMs);
  return { ...part, id, account };
}

/** Enters a bank account that accepts the money. */
export async function enterNewDetails(control: Scene['control'], account: string): Promise<void> {
  await control('POST', `/accounts/${account}/complete-onboarding`, {});
}
