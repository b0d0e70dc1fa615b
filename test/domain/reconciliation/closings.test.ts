import { describe, expect, test } from 'vitest';
import { planClosing } from '../../../domain/reconciliation/closing.ts';
import {
  causeNames,
  type DiscrepancyRecord,
  outcomes,
} from '../../../domain/reconciliation/discrepancies.ts';
import { closingsOf } from '../../../domain/reconciliation/words.ts';
import { aDiscrepancy } from './discrepancy.ts';

const record = (change: Partial<DiscrepancyRecord>) =>
  aDiscrepancy({ object: 'earn_1/ch_1', ...change });

const agreed = '2026-11-27T09:00:00.000Z';
const owed = { inFlight: null, atPlatform: 100_00, unpaid: 100_00, isToAdopt: false };

describe.each(causeNames)('the requests offered for %s', (cause) => {
  test.each<[when: string, change: Partial<DiscrepancyRecord>]>([
    ['while both sides differ', {}],
    ['once both sides agree again', { agreesSince: agreed }],
    ['while the seller is not known', { sellerId: null }],
  ])('close it %s', (_when, change) => {
    const one = record({ cause, ...change });
    const closings = closingsOf(one).filter(({ path }) => path.endsWith('/close'));
    const refused = closings.filter(({ body }) => {
      const outcome = outcomes.find((named) => named === body['outcome']) ?? null;
      return planClosing(one, outcome, 100_00, owed).kind === 'refuse';
    });
    expect(refused).toEqual([]);
    expect(closingsOf(one).length).toBeGreaterThan(0);
  });
});
