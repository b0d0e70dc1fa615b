import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import {
  type Book,
  type Difference,
  type Facts,
  isOver,
  type LedgerEntry,
  type PaidItem,
  type Payout,
  type Seller,
  type Workflow,
} from './facts.ts';
import { readStanding } from './standing.ts';
import { getJson, readSends, readTooMany } from './stripe-log.ts';

/** Where the facts are read. */
export type Sources = {
  api: string;
  apiKey: string;
  sandbox: string;
  /** Temporal's web interface, which forwards calls to Temporal's API. */
  temporalUi: string;
  namespace: string;
  apiLog: string;
  /** The start of the run. Older lines of the log belong to another run. */
  since: number;
};

type Known = Pick<Facts, 'promised' | 'outages' | 'brakes'>;
type WithPauses = Seller & { pauses: { id: string }[] };

/** Reads all facts from outside: the public API, the sandbox's book, Temporal and the API's log. */
export async function readFacts(
  sources: Sources,
  known: Known,
  revoked: readonly string[],
): Promise<Facts> {
  const { sandbox } = sources;
  const payouts = await listAll<Payout>(sources, '/v1/payouts');
  const [sellers, attention, discrepancies, workflows, tooMany, items, sends, holds] =
    await Promise.all([
      readSellers(sources, payouts),
      listAll<Facts['attention'][number]>(sources, '/v1/attention'),
      listAll<Difference>(sources, '/v1/discrepancies'),
      readWorkflows(sources),
      readTooMany(sources),
      readItems(sources, payouts, known.promised),
      readSends(sources),
      listAll<{ id: string }>(sources, '/v1/holds?active=true'),
    ]);
  const open = [
    ...payouts.filter((one) => !isOver(one)).map(({ id }) => `payout/${id}`),
    ...sellers.map(({ id }) => `seller/${id}`),
  ];
  workflows.push(...(await readOverlooked(sources, workflows, open)));
  await letEnd(sources, workflows, new Set(open));
  const { unknownCalls } = await getJson<Pick<Facts, 'unknownCalls'>>(
    `${sandbox}/_sandbox/unknown-calls`,
  );
  return {
    payouts,
    sellers,
    book: await getJson<Book>(`${sandbox}/_sandbox/book`),
    attention,
    discrepancies,
    entries: await readEntries(sources, discrepancies),
    workflows,
    tooMany,
    items,
    sends,
    unknownCalls,
    apiFaults: readApiFaults(sources),
    ...known,
    ...(await readStanding(sources, sellers, holds, revoked)),
  };
}

async function readSellers(sources: Sources, payouts: readonly Payout[]): Promise<WithPauses[]> {
  const listed = await listAll<Omit<WithPauses, 'balances'>>(sources, '/v1/sellers');
  const sellers: WithPauses[] = [];
  for (const seller of listed) {
    const path = `/v1/sellers/${seller.id}`;
    const { data } = await askApi<{ data: Seller['balances'] }>(sources, `${path}/balances`);
    const isUnderWay = payouts.some((one) => one.sellerId === seller.id && !isOver(one));
    const isWaiting = !isUnderWay && data.some(({ payable }) => payable.amount > 0);
    const explained = isWaiting
      ? await askApi<{ waits: { for: string }[] }>(sources, `${path}/explain`)
      : {};
    sellers.push({ ...seller, balances: data, ...explained });
  }
  return sellers;
}

async function readWorkflows({ temporalUi, namespace }: Sources): Promise<Workflow[]> {
  const statuses = "'Running', 'Failed', 'Terminated', 'TimedOut', 'Canceled'";
  const query = encodeURIComponent(`ExecutionStatus IN (${statuses})`);
  const all: Workflow[] = [];
  let token = '';
  do {
    const page = await getJson<{
      executions?: { execution: { workflowId: string }; type: { name: string }; status: string }[];
      nextPageToken?: string | null;
    }>(
      `${temporalUi}/api/v1/namespaces/${namespace}/workflows?query=${query}` +
        `&pageSize=1000&nextPageToken=${encodeURIComponent(token)}`,
    );
    for (const { execution, type, status } of page.executions ?? []) {
      all.push({ id: execution.workflowId, type: type.name, status: shortOf(status) });
    }
    token = page.nextPageToken ?? '';
  } while (token !== '');
  return all;
}

/**
 * Reads the running workflows that were on no page. A workflow that starts a new run while the
 * pages are read can move from an unread page to a page that was already read.
 */
async function readOverlooked(
  sources: Sources,
  listed: readonly Workflow[],
  open: readonly string[],
): Promise<Workflow[]> {
  const running = new Set(listed.filter(({ status }) => status === 'RUNNING').map(({ id }) => id));
  const found: Workflow[] = [];
  for (const id of open.filter((one) => !running.has(one))) {
    const workflow = await readWorkflow(sources, id);
    if (workflow?.status === 'RUNNING') found.push(workflow);
  }
  return found;
}

/**
 * Longer than a workflow takes from its last step to its end, including the delay of Temporal's
 * list.
 */
const endsWithinMs = 30_000;

/**
 * Waits for workflows that are listed as running although their rows are final. A stuck workflow
 * does not end in this time.
 */
async function letEnd(
  sources: Sources,
  listed: Workflow[],
  open: ReadonlySet<string>,
): Promise<void> {
  const until = Date.now() + endsWithinMs;
  const ending = listed.filter(({ id, type, status }) => {
    return status === 'RUNNING' && type === 'payout' && !open.has(id);
  });
  for (const one of ending) one.status = await endOf(sources, one.id, until);
}

async function endOf(sources: Sources, id: string, until: number): Promise<string> {
  for (;;) {
    const { status } = (await readWorkflow(sources, id)) ?? { status: 'GONE' };
    if (status !== 'RUNNING' || Date.now() > until) return status;
    await pause(500);
  }
}

async function readWorkflow(
  { temporalUi, namespace }: Sources,
  id: string,
): Promise<Workflow | undefined> {
  const path = `/api/v1/namespaces/${namespace}/workflows/${encodeURIComponent(id)}`;
  const answer = await fetch(`${temporalUi}${path}`);
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`${answer.status} from ${path}: ${await answer.text()}`);
  const { workflowExecutionInfo } = (await answer.json()) as {
    workflowExecutionInfo: { type: { name: string }; status: string };
  };
  const { type, status } = workflowExecutionInfo;
  return { id, type: type.name, status: shortOf(status) };
}

/** A status without Temporal's prefix. */
function shortOf(status: string): string {
  return status.replace('WORKFLOW_EXECUTION_STATUS_', '').toUpperCase();
}

/**
 * Reads what the payouts contain of earnings for which the platform named a charge. Income at the
 * account also names its charge, which paid the seller by itself.
 */
async function readItems(
  sources: Sources,
  payouts: readonly Payout[],
  promised: Facts['promised'],
): Promise<PaidItem[]> {
  const charged = promised.filter(({ charge }) => charge !== undefined);
  const sellers = new Set(charged.map(({ sellerId }) => sellerId));
  const named = new Set(charged.map(({ charge }) => charge));
  const left = payouts.filter(({ sellerId, status }) => {
    return sellers.has(sellerId) && ['sent', 'paid', 'settled'].includes(status);
  });
  const paid: PaidItem[] = [];
  for (const { id: payoutId, stripeAccount, currency } of left) {
    type Item = { charge: string; amount: { amount: number }; releasedAt: string | null };
    for (const item of await listAll<Item>(sources, `/v1/payouts/${payoutId}/items`)) {
      if (!named.has(item.charge) || item.releasedAt !== null) continue;
      const { charge, amount } = item;
      paid.push({ payoutId, stripeAccount, charge, amount: amount.amount, currency });
    }
  }
  return paid;
}

/** Reads the entries of sellers for whom a person said what money was for. */
async function readEntries(
  sources: Sources,
  discrepancies: readonly Difference[],
): Promise<LedgerEntry[]> {
  const said = discrepancies.filter(({ outcome }) => outcome !== null);
  const sellers = new Set(said.flatMap(({ sellerId }) => sellerId ?? []));
  const all: LedgerEntry[] = [];
  for (const sellerId of sellers) {
    const path = `/v1/sellers/${sellerId}/entries`;
    const own = await listAll<Omit<LedgerEntry, 'sellerId'>>(sources, path);
    all.push(...own.map((entry) => ({ ...entry, sellerId })));
  }
  return all;
}

/** That Stripe could not be asked is no fault of the API: the chaos disturbs Stripe. */
function readApiFaults({ apiLog, since }: Sources): Facts['apiFaults'] {
  return readFileSync(apiLog, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const said = lineOf(line);
      const at = Date.parse(said.time ?? '');
      const isFault = said.event === 'fault' || (said.event === 'request' && said.status >= 500);
      if (!isFault || said.problem === 'stripe-unavailable' || at < since) return [];
      return [
        { at, what: `${said.event} ${said.route ?? ''} ${said.status ?? said.message ?? ''}` },
      ];
    });
}

// oxlint-disable-next-line typescript/no-explicit-any -- whatever the API wrote
function lineOf(line: string): any {
  try {
    return line.startsWith('{') ? JSON.parse(line) : {};
  } catch {
    return {};
  }
}

async function listAll<T>(sources: Sources, path: string): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { data: T[]; nextCursor: string | null } = await askApi(
      sources,
      `${path}${path.includes('?') ? '&' : '?'}limit=100${after}`,
    );
    all.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}

async function askApi<T>({ api, apiKey }: Sources, path: string): Promise<T> {
  return getJson<T>(`${api}${path}`, { authorization: `Bearer ${apiKey}` });
}
