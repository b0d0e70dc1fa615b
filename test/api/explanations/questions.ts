import type { PayoutId, SellerId } from '../../../domain/ids.ts';
import type { TestApi } from '../harness.ts';

/** The shortest true answer to each question an operator asks; `-` is nothing. */
export type Answers = Record<keyof ReturnType<typeof questionsTo>, string>;

/** Whom the questions are about. */
export type About = { sellerId: SellerId; payoutId?: PayoutId | undefined };

type Sum = { amount: number; currency: string };
type Waiting = {
  for: string;
  actor: string;
  by: string | null;
  since: string | null;
  commands: { path: string }[];
  payoutId: string | null;
};
// oxlint-disable-next-line typescript/no-explicit-any -- a stranger's view of JSON
type Body = any;

/** Asks every question at once. */
export async function askAll(api: TestApi, about: About): Promise<Answers> {
  const asked = Object.entries(questionsTo(api, about)).map(async ([question, ask]) => {
    return [question, await ask()] as const;
  });
  return Object.fromEntries(await Promise.all(asked)) as Answers;
}

/** Each question as one call of the API. */
function questionsTo(api: TestApi, about: About) {
  const get = async (path: string): Promise<Body> => (await api.get(path)).body;
  const { sellerId, payoutId } = about;
  const payout = (then: (body: Body) => string) => async () =>
    payoutId === undefined ? '-' : then(await get(`/v1/payouts/${payoutId}/explain`));
  return {
    ...ofTheSeller(get, about),
    /** Which earnings are in this payout? */
    earnings: payout(({ earnings }) =>
      list(earnings.first, (one: { externalId: string; amount: Sum }) => {
        return `${one.externalId} ${say(one.amount)}`;
      }),
    ),
    /** What did Stripe say? */
    stripe: payout(({ attempts }) =>
      list(attempts, (one: { step: string; state: string; refusal: string | null }) => {
        return `${one.step} ${one.refusal ?? one.state}`;
      }),
    ),
    /** Is it lost or late? */
    late: payout(({ isLate, waits }) => {
      const reasons = (waits as Waiting[]).map((one) => one.for);
      return isLate ? 'late' : reasons.includes('outcome-unknown') ? 'lost' : '-';
    }),
    /** What waits for me? */
    me: async () =>
      list((await get('/v1/attention')).data, (one: { reason: string; commands: unknown[] }) => {
        return `${one.reason}, ${one.commands.length} requests`;
      }),
    /** Who decided this? */
    decided: async () => {
      const of = payoutId === undefined ? `sellers/${sellerId}` : `payouts/${payoutId}`;
      const { decisions } = await get(`/v1/${of}/explain`);
      return list(decisions, (one: { what: string; apiKeyName: string }) => {
        return `${one.what} by ${one.apiKeyName}`;
      });
    },
    /** What is missing to pay Friday? */
    missing: async () => {
      type Told = { missing: { atMost: Sum }; notDue: { reason: string; money: Sum }[] };
      return list((await get('/v1/funding')).currencies, ({ missing, notDue }: Told) => {
        const others = notDue.map(({ reason, money }) => `, ${reason} ${say(money)}`);
        return `${say(missing.atMost)}${others.join('')}`;
      });
    },
  };
}

function ofTheSeller(get: (path: string) => Promise<Body>, { sellerId }: About) {
  const explain = () => get(`/v1/sellers/${sellerId}/explain`);
  return {
    /** Why is this seller not paid, and who must act? */
    unpaid: async () =>
      list((await explain()).waits, (one: Waiting) => `${one.for} (${one.actor})`),
    /** When next, and how much? */
    next: async () => {
      const [next] = (await explain()).next as { what: string; at: string; money: Sum | null }[];
      if (!next) return '-';
      return `${next.what}${next.at ? ' then' : ''}${next.money ? ` ${say(next.money)}` : ''}`;
    },
    /** Who holds it, since when, what lifts it? */
    holder: async () => {
      const waits = (await explain()).waits as Waiting[];
      const holds = waits.filter(({ by }) => by !== null);
      return list(holds, ({ by, since, commands }) => {
        return `${by} since ${since && 'then'}, ${commands[0]?.path.split('/').at(-1)}`;
      });
    },
    /** What does the seller have to do, by when? */
    todo: async () =>
      list((await explain()).requirements, (one: { description: string; deadlineAt: string }) => {
        return `${one.description.split('.').at(-1)} by ${one.deadlineAt.slice(0, 10)}`;
      }),
    /** What differs from Stripe? */
    differs: async () => {
      const { data, type } = await get(`/v1/sellers/${sellerId}/balances?stripe=true`);
      if (type) return String(type).replace('/problems/', '');
      const all = (data as { stripe: { difference: Sum } }[]).map(
        ({ stripe }) => stripe.difference,
      );
      return list(
        all.filter(({ amount }) => amount !== 0),
        say,
      );
    },
    /** What would happen if I release this? */
    release: async () => {
      const [hold] = (await get(`/v1/holds?sellerId=${sellerId}&active=true`)).data;
      if (!hold) return '-';
      const { money, waits, goesOn } = await get(`/v1/holds/${hold.id}/preview`);
      const payable = list(money, (one: { payableThen: Sum }) => say(one.payableThen));
      const stays = list(waits, (one: Waiting) => one.for);
      return `${payable} payable, ${goesOn.length} payouts go on, waits: ${stays}`;
    },
  };
}

function list<Thing>(things: readonly Thing[], sayOne: (thing: Thing) => string): string {
  return things.map(sayOne).join('; ') || '-';
}

function say({ amount, currency }: Sum): string {
  return `${amount} ${currency}`;
}

function planned(to: string) {
  const from = 'No paydays: only an order pays the seller';
  return { decided: `Created by shop; Changed the schedule from “${from}” to “${to}” by shop` };
}

const orderOrThreshold = 'No paydays: only an order or a reached threshold pays the seller';

/** What is decided of sellers whose schedule was changed. */
export const plans = {
  daily: planned('Every bank day at 09:00 Europe/Berlin'),
  minimum: planned('Every bank day at 09:00 Europe/Berlin. A payday pays no less than 100.00 EUR'),
  threshold: planned(
    `${orderOrThreshold}. As soon as 100.00 EUR is payable, it is paid on any day`,
  ),
  reached: planned(`${orderOrThreshold}. As soon as 50.00 EUR is payable, it is paid on any day`),
};
