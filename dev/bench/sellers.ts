import { forEach } from './calls.ts';
import { until } from '../wait.ts';
import { sandboxKey, type Machine } from './machine.ts';

/** Concurrent requests of the bench while it prepares. */
const lanes = 30;
const earned = 25_00;

/** Onboards sellers through the public API and the sandbox. Returns their ids. */
export async function onboard(
  machine: Pick<Machine, 'api' | 'control' | 'sql'>,
  count: number,
): Promise<string[]> {
  const { api, control, sql } = machine;
  const sellers: string[] = [];
  const completed = new Set<string>();
  const creating = forEach(Array.from({ length: count }), lanes, async (_, index) => {
    const email = `seller-${index}@example.com`;
    const { id } = await api('POST', '/v1/sellers', { email, country: 'DE', currency: 'eur' });
    sellers.push(id as string);
  });
  const completing = until(
    `${count} sellers have an account`,
    async () => {
      const { rows } = await sql.query<{ bench_account: string }>(
        `select stripe_account as bench_account from sellers
          where stripe_account is not null and status = 'onboarding'`,
      );
      const fresh = rows.map((row) => row.bench_account).filter((one) => !completed.has(one));
      for (const account of fresh) completed.add(account);
      await forEach(fresh, lanes, (account) =>
        control('POST', `/accounts/${account}/complete-onboarding`, {}),
      );
      return completed.size === count;
    },
    600_000,
  );
  await Promise.all([creating, completing]);
  await until(`${count} sellers are active`, () => areActive(machine, sellers), 600_000);
  return sellers;
}

async function areActive(
  { sql }: Pick<Machine, 'sql'>,
  sellers: readonly string[],
): Promise<boolean> {
  const { rows } = await sql.query<{ bench_count: number }>(
    `select count(*)::int as bench_count from sellers where status = 'active' and id = any($1)`,
    [sellers],
  );
  return rows[0]?.bench_count === sellers.length;
}

/** Posts earnings for one more payout of each seller. */
export async function earn({ api }: Machine, sellers: readonly string[]): Promise<void> {
  await forEach(sellers, lanes, (seller) =>
    api('POST', `/v1/sellers/${seller}/earnings`, { amount: earned, currency: 'eur' }),
  );
}

/** Adds money to the platform's balance, as its customers' charges do. */
export async function fundPlatform({ sandboxUrl }: Pick<Machine, 'sandboxUrl'>): Promise<void> {
  const answer = await fetch(`${sandboxUrl}/v1/charges`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${sandboxKey}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({
      amount: String(999_999_00),
      currency: 'eur',
      source: 'tok_bypassPending',
    }),
  });
  if (!answer.ok) throw new Error(`the charge was refused: ${await answer.text()}`);
}
