import { forEach } from '../bench/calls.ts';
import { Refused } from './calls.ts';
import { letMostLeave } from './calm.ts';
import { leastPayoutOf } from './cast.ts';
import { letMoneyCome } from './funds.ts';
import { enterNewDetails, type Seller } from './onboard.ts';
import { actAsOperator } from './operator.ts';
import type { Scene } from './scene.ts';
import { type Dice, diceOf } from './strikes/dice.ts';
import type { Striker } from './strikes/striker.ts';
import { letPass } from './time.ts';

/** Concurrent orders. The number is near Stripe's limits, which the engine must keep. */
const lanes = 12;

type Day = { day: number; dice: Dice; seller: Seller };
type Undo = () => Promise<unknown>;

/** Sells, orders, holds and cancels on each day, until this many payouts are ordered. */
export async function runLoad(
  scene: Scene,
  sellers: readonly Seller[],
  striker: Striker,
): Promise<void> {
  const ordering = sellers.filter(({ daily }) => !daily);
  let undo: Undo[] = [];
  for (let day = 1; scene.count.orders < scene.payouts; day += 1) {
    const yesterday = undo;
    undo = [];
    for (const again of yesterday) await again();
    if (scene.count.days >= scene.funds.lateUntil) await letMoneyCome(scene, sellers, aDay);
    const left = scene.payouts - scene.count.orders;
    const today = diceOf(scene.seed, 'day', day).shuffled(ordering).slice(0, left);
    const others = sellers.filter(({ daily }) => daily);
    await forEach([...today, ...others], lanes, async (seller) => {
      const dice = diceOf(scene.seed, seller.index, day);
      undo.push(...(await live(scene, { day, dice, seller }, striker)));
    });
    await actAsOperator(scene);
    await letMostLeave(scene, sellers.length);
    await letPass(scene, 24);
    scene.tell(`day ${day} is over`);
  }
  for (const again of undo) await again();
}

/** What a seller sells on a day, in minor units. */
const aDay = 300_00;

/** Runs a day of a seller. Returns the actions that the next day undoes. */
async function live(scene: Scene, of: Day, striker: Striker): Promise<Undo[]> {
  const undo = await meetTrouble(scene, of);
  const payable = await sell(scene, of);
  if (of.seller.daily) return undo;
  await order(scene, of, payable);
  scene.count.orders += 1;
  await striker.reach('orders', scene.count.orders);
  return undo;
}

/**
 * Posts the earnings of a day. Returns how much of them is payable at once: an earning that names a
 * charge is payable once the engine has read the charge.
 */
async function sell(scene: Scene, of: Day): Promise<number> {
  const { day, dice, seller } = of;
  const { api, stripe, seed, count } = scene;
  const { id, account, currency, direct } = seller;
  const tomorrow = dice.hits(0.1);
  let payable = 0;
  for (let sale = dice.between(1, 2); sale > 0; sale -= 1) {
    const externalId = `${seller.index}-${day}-${sale}`;
    const availableOn = new Date(Date.now() + day * 86_400_000).toISOString();
    const amount = dice.between(5_00, 400_00);
    const charge = tomorrow ? undefined : await chargeFor(scene, of, { sale, amount });
    const named = { ...(tomorrow && { availableOn }), ...(charge !== undefined && { charge }) };
    const earning = { externalId, amount, currency, ...named };
    await api('POST', `/v1/sellers/${id}/earnings`, earning, `${seed}/earning/${externalId}`);
    count.promised.push({
      sellerId: id,
      currency,
      amount,
      ...(charge !== undefined && { charge }),
    });
    if (!tomorrow && charge === undefined) payable += amount;
  }
  if (!direct || !dice.hits(0.4)) return payable;
  const source = dice.pick(['tok_bypassPending', 'tok_visa']);
  const charge = { amount: String(dice.between(20_00, 90_00)), currency, source };
  await stripe('/v1/charges', charge, account).catch(refusedForGood);
  return payable;
}

/**
 * Sometimes charges a customer for a sale, so that its earning can name the charge. Returns
 * undefined if there is no charge. Throws its own dice, so that the other dice of a seed stay the
 * same.
 */
async function chargeFor(
  { stripe, seed }: Scene,
  { day, seller }: Day,
  { sale, amount }: { sale: number; amount: number },
): Promise<string | undefined> {
  if (!diceOf(seed, 'charge', seller.index, day, sale).hits(0.15)) return undefined;
  const { currency } = seller;
  const fields = { amount: String(amount), currency, source: 'tok_bypassPending' };
  const made = (await stripe('/v1/charges', fields).catch(refusedForGood)) as
    { id: string } | undefined;
  return made?.id;
}

/** Orders a payout of today's earnings or, sometimes, of everything payable. */
async function order(scene: Scene, { day, dice, seller }: Day, payable: number): Promise<void> {
  const { api, seed } = scene;
  const key = `${seed}/order/${seller.index}-${day}`;
  const isAll = payable === 0 || dice.hits(0.1) || payable < leastPayoutOf(seller);
  const asked = isAll ? {} : { amount: payable };
  const { id } = (await api('POST', `/v1/sellers/${seller.id}/payouts`, asked, key)) as {
    id: string;
  };
  if (!dice.hits(0.05)) return;
  await api('POST', `/v1/payouts/${id}/cancel`, {}, `${key}/cancel`).catch(refusedForGood);
}

/**
 * Sometimes causes trouble for a seller: new bank details, a hold, or a pause by Stripe or an
 * operator.
 */
async function meetTrouble({ api, control }: Scene, { day, dice, seller }: Day): Promise<Undo[]> {
  const { id, account, bank, currency } = seller;
  const reason = 'chaos';
  if (bank?.newDetailsOn === day) await enterNewDetails(control, account);
  if (dice.hits(0.06)) {
    const some = dice.hits(0.5) ? { amount: dice.between(10_00, 100_00), currency } : {};
    const hold = (await api('POST', `/v1/sellers/${id}/holds`, { reason, ...some })) as {
      id: string;
    };
    return [async () => api('POST', `/v1/holds/${hold.id}/release`, { reason })];
  }
  if (dice.hits(0.03)) {
    await api('POST', `/v1/sellers/${id}/pause`, { reason });
    return [async () => api('POST', `/v1/sellers/${id}/resume`, { reason })];
  }
  if (dice.hits(0.03)) {
    const path = `/accounts/${account}/pause-payouts`;
    await control('POST', path, { paused: true });
    return [async () => control('POST', path, { paused: false })];
  }
  return [];
}

function refusedForGood(error: unknown): void {
  if (!(error instanceof Refused)) throw error;
}
