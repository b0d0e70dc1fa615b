import { type Facts, type Finding, isOver, type Workflow } from './facts.ts';

const dead = new Set(['FAILED', 'TERMINATED', 'TIMED_OUT', 'CANCELED']);
const jobs = new Set(['relay', 'sweep', 'revive', 'accounts', 'reconciliation']);

/** What chaos orders itself: `auditBrakes` says whether each of them holds. */
const brakes = new Set(['hold', 'pause', 'stop']);

/** How long requests may still fail after a server is back: connections must be opened again. */
const graceMs = 15_000;

/**
 * Checks that nothing waits for a person, every workflow runs, budgets are kept, the API answers,
 * no loss is reported that did not occur, and no revoked key works. Chaos restores no backup.
 */
export function auditService(facts: Facts): Finding[] {
  const { attention, discrepancies, tooMany, unknownCalls, apiFaults, outages } = facts;
  const { losses, revokedKeys } = facts;
  const wasDown = ({ at }: { at: number }): boolean =>
    outages.some(({ from, to }) => at >= from && at <= to + graceMs);
  return [
    ...attention
      .filter(({ kind }) => !brakes.has(kind))
      .map(({ kind, id, reason }) => finding('attention', `${kind} ${id}`, reason)),
    ...discrepancies
      .filter(({ state }) => state === 'open')
      .map(({ id, cause, object }) => finding('discrepancy', id, `${cause} of ${object} is open`)),
    ...workflowFindings(facts),
    ...tooMany.map(({ endpoint, at }) =>
      finding('budget', endpoint, `Stripe's limit turned it away at ${instant(at)}`),
    ),
    ...unknownCalls.map(({ method, path, reason }) =>
      finding('unknown-call', `${method} ${path}`, reason),
    ),
    ...apiFaults
      .filter((one) => !wasDown(one))
      .map(({ at, what }) => finding('api-fault', instant(at), what)),
    ...losses.map(({ id, cause }) => finding('false-loss', id, cause)),
    ...revokedKeys
      .filter(({ status }) => status !== 401)
      .map(({ status }) => finding('revoked-key', 'API key', `It was answered with ${status}`)),
  ];
}

/** Only a pass of a job may fail while Stripe is away, because another pass follows. */
function workflowFindings({ workflows, payouts, sellers }: Facts): Finding[] {
  const running = new Set(workflows.filter(isRunning).map(({ id }) => id));
  const open = [
    ...payouts.filter((payout) => !isOver(payout)).map(({ id }) => `payout/${id}`),
    ...sellers.filter(({ status }) => status !== 'closed').map(({ id }) => `seller/${id}`),
  ];
  const wanted = new Set(open);
  return [
    ...workflows
      .filter(({ status, type }) => dead.has(status) && !jobs.has(type))
      .filter((one) => !isRefusedByBank(payouts, one))
      .map(({ id, status }) => finding('workflow-died', id, status)),
    ...open
      .filter((id) => !running.has(id) && !isRequested(payouts, id))
      .map((id) => finding('workflow-missing', id, 'Its row is open, and no workflow runs')),
    ...workflows
      .filter((one) => isRunning(one) && !jobs.has(one.type) && !wanted.has(one.id))
      .map(({ id }) => finding('workflow-stuck', id, 'It runs, and its row is over')),
  ];
}

/** The workflow of a payout fails on purpose if the bank does not have the money. */
function isRefusedByBank(payouts: Facts['payouts'], { id: workflowId, status }: Workflow): boolean {
  const refused = payouts.filter((one) => one.status === 'failed' || one.status === 'returned');
  return status === 'FAILED' && refused.some(({ id }) => workflowId === `payout/${id}`);
}

/** A payout that waits for its turn has no workflow yet. Its seller's workflow starts one. */
function isRequested(payouts: Facts['payouts'], workflowId: string): boolean {
  return payouts.some(({ id, status }) => status === 'requested' && workflowId === `payout/${id}`);
}

function isRunning({ status }: Workflow): boolean {
  return status === 'RUNNING';
}

function instant(at: number): string {
  return new Date(at).toISOString();
}

function finding(rule: string, about: string, words: string): Finding {
  return { rule, about, words };
}
