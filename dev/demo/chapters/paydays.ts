import { earn, listPayouts, totalOf, type Payout } from '../payouts.ts';
import { fact, type Person, type Stage } from '../stage.ts';
import { inWords } from '../words.ts';

/** Who sells so little that most paydays pass by. */
const small = 'Lars';
const minimum = 25_00;
const weeks = 4;
const timeZones: Record<string, string> = { GB: 'Europe/London', IE: 'Europe/Dublin' };
const untaken = new Set(['requested', 'reserved', 'transferred']);

/** A month of weekly paydays, each in the seller's own zone and on days when its banks are open. */
export async function paydays(stage: Stage): Promise<void> {
  const { people, line } = stage;
  stage.section('A month of paydays');
  await Promise.all(people.map(async (person) => payWeekly(stage, person)));
  line(`All are paid on Fridays at 09:00 local time, if at least ${inWords(minimum)} is payable;`);
  line('if the banks are closed on that day, on the next day on which they are open');
  await Promise.all(people.map(async (person) => earn(stage, person, salesOf(stage, person, 0))));
  for (let week = 1; week <= weeks; week += 1) await playWeek(stage, week);
  await stage.letPass(5);
  await fact('the bank has all', async () => {
    const payouts = await listPayouts(stage);
    return payouts.every(({ status }) => status !== 'sent');
  });
  line('Everything that was sent is at the bank');
}

async function payWeekly({ api }: Stage, { id, country }: Person): Promise<void> {
  const timeZone = timeZones[country] ?? 'Europe/Berlin';
  const minimums = { eur: minimum };
  const schedule = { interval: 'weekly', weekdays: ['friday'], at: '09:00', timeZone, minimums };
  await api('PATCH', `/v1/sellers/${id}`, { schedule });
}

/** Sellers of one zone whose banks rest on the same days share a payday; each sells on after it. */
async function playWeek(stage: Stage, week: number): Promise<void> {
  const { people } = stage;
  const next = await Promise.all(people.map(async (person) => nextPayday(stage, person)));
  for (const payday of [...new Set(next)].toSorted()) {
    const due = people.filter((_, index) => next[index] === payday);
    await stage.moveTo(payday);
    const payouts = await Promise.all(due.map(async (one) => paydayOf(stage, one, payday)));
    tellPayday(stage, due, payouts);
    if (week === weeks) continue;
    await Promise.all(due.map(async (one) => earn(stage, one, salesOf(stage, one, week))));
  }
}

function tellPayday({ line }: Stage, due: readonly Person[], payouts: readonly Payout[]): void {
  const paid = payouts.flatMap((payout, index) =>
    payout.status === 'skipped' ? [] : [`${due[index]?.name} ${totalOf(payout)}`],
  );
  if (paid.length > 0) line(`Payday: ${paid.join(', ')}`);
  for (const [index, { skipped }] of payouts.entries()) {
    if (skipped !== null) line(`${due[index]?.name} is not paid: ${skipped}`);
  }
}

async function nextPayday({ api }: Stage, { id }: Person): Promise<string> {
  const { next } = (await api('GET', `/v1/sellers/${id}/schedule`)) as { next: { at: string }[] };
  const [first] = next;
  if (!first) throw new Error(`${id} has no payday`);
  return first.at;
}

/** The payout of a payday, once Stripe has it or it was skipped. */
async function paydayOf(stage: Stage, person: Person, payday: string): Promise<Payout> {
  return fact(`${person.name} has had the payday ${payday}`, async () => {
    const payouts = await listPayouts(stage, person);
    return payouts.find((one) => standsFor(one, payday) && !untaken.has(one.status));
  });
}

/** A payout may stand for several paydays: those that were skipped for the same reason. */
function standsFor({ payday: first, lastPayday }: Payout, payday: string): boolean {
  return first !== null && first <= payday && payday <= (lastPayday ?? first);
}

function salesOf({ people }: Stage, person: Person, week: number): number {
  if (person.name === small) return 7_50;
  return 35_00 + people.indexOf(person) * 4_15 + week * 9_80;
}
