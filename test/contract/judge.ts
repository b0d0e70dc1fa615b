import type { Exchange } from '../../sandbox/core/witness.ts';
import { type Difference, differences } from './differences.ts';
import type { Violation } from './schemas.ts';
import { eventViolationsOfV1, v1 } from './v1.ts';
import { eventViolationsOfV2, v2 } from './v2.ts';

/** What is wrong with an exchange or event, each as one line; and the differences it showed. */
export type Judgement = { faults: string[]; met: Difference[] };

/** Holds an exchange against Stripe's description. `strict`: a malformed request is a fault. */
export function judgeExchange(exchange: Exchange, strict: boolean): Judgement {
  const { method, path, status, injected, key } = exchange;
  const described = (path.startsWith('/v2/') ? v2 : v1)(exchange);
  if (!described) {
    if (status === 404) return nothing;
    return { faults: [`${method} ${path}: Stripe describes no such operation`], met: [] };
  }
  const { name } = described;
  // What could not be read for want of a key has no parameters to look at.
  const request = judge(`${name}: request`, status === 401 ? [] : described.request);
  const answer = judge(`${name}: answer ${status}`, injected ? [] : described.answer);
  const tolerated = !strict && status >= 400;
  const keyless = strict && makesMore.test(`${method} ${path}`) && isMadeUp(key);
  return together([
    tolerated ? { ...request, faults: [] } : request,
    answer,
    keyless ? { faults: [`${name}: without an idempotency key of its own`], met: [] } : nothing,
  ]);
}

/** Holds an event against Stripe's description, and the object it carries. */
export function judgeEvent(version: 'v1' | 'v2', body: unknown): Judgement {
  const { type } = body as { type: string };
  const found = version === 'v1' ? eventViolationsOfV1(body) : eventViolationsOfV2(body);
  return judge(`event ${type}`, found);
}

/** Several judgements as one. */
export function together(judgements: Judgement[]): Judgement {
  return {
    faults: judgements.flatMap(({ faults }) => faults),
    met: judgements.flatMap(({ met }) => met),
  };
}

/** What, asked for twice, would be there twice. A setting or a link asked for again is wanted. */
const makesMore = /^POST .*\/(transfers|reversals|payouts|topups|accounts)$/;

/** The package makes up a key where none is given; it would be another one each time. */
function isMadeUp(key: string | null): boolean {
  return key?.startsWith('stripe-node-') ?? false;
}

const nothing: Judgement = { faults: [], met: [] };

function judge(name: string, violations: Violation[]): Judgement {
  const judgement: Judgement = { faults: [], met: [] };
  for (const violation of violations) {
    const difference = differences.find((one) => covers(one, violation));
    if (difference) judgement.met.push(difference);
    else judgement.faults.push(lineOf(name, violation));
  }
  return judgement;
}

function covers(difference: Difference, { schema, path, rule }: Violation): boolean {
  return difference.schema === schema && difference.path === path && difference.rule === rule;
}

function lineOf(name: string, { schema, path, rule, message, pointer }: Violation): string {
  return `${name}: ${pointer || '/'} breaks ${rule}: ${message} [${schema} ${path}]`;
}
