import { describe, expect, test } from 'vitest';
import { unexplainedCents } from '../../dev/chaos/audit/money.ts';
import { audit } from '../../dev/chaos/audit/verdict.ts';
import { castOf } from '../../dev/chaos/cast.ts';
import { diceOf } from '../../dev/chaos/strikes/dice.ts';
import { planOf } from '../../dev/chaos/strikes/plan.ts';
import { crimes } from './audit/crimes.ts';
import { crimesOfBrakes } from './audit/crimes-of-brakes.ts';
import { crimesOfTrust } from './audit/crimes-of-trust.ts';
import { allIsWell } from './audit/well.ts';

describe('the audit of chaos', () => {
  test('finds nothing where all is well', () => {
    expect(audit(allIsWell())).toEqual([]);
    expect(unexplainedCents(allIsWell())).toBe(0);
  });

  test.each([...crimes, ...crimesOfTrust, ...crimesOfBrakes])(
    'finds %s',
    (_what, change, rules) => {
      const facts = allIsWell();
      change(facts);
      expect([...new Set(audit(facts).map(({ rule }) => rule))].sort()).toEqual(rules);
      expect(unexplainedCents(facts) > 0).toBe(rules.includes('cents'));
    },
  );
});

test('the audit takes a failed workflow of a payout that the bank refused for no fault', () => {
  const facts = allIsWell();
  facts.workflows.push({ id: 'payout/payout_1', type: 'payout', status: 'FAILED' });
  const rulesFor = (status: string) => {
    for (const payout of facts.payouts) payout.status = status;
    return audit(facts).map(({ rule }) => rule);
  };
  expect(rulesFor('settled')).toContain('workflow-died');
  expect(rulesFor('returned')).not.toContain('workflow-died');
  expect(rulesFor('failed')).not.toContain('workflow-died');
});

describe('a seed', () => {
  test('throws the same dice again, and others for another seed', () => {
    const thrown = (seed: number): number[] => {
      const dice = diceOf(seed, 'test');
      return Array.from({ length: 20 }, () => dice.between(1, 6));
    };
    expect(thrown(1)).toEqual(thrown(1));
    expect(thrown(1)).not.toEqual(thrown(2));
    expect(Math.min(...thrown(1))).toBeGreaterThanOrEqual(1);
    expect(Math.max(...thrown(1))).toBeLessThanOrEqual(6);
  });

  test('shuffles without losing or adding anybody', () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    const shuffled = diceOf(5).shuffled(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted((left, right) => left - right)).toEqual(items);
  });

  test('fixes who sells and what strikes when, and every kind strikes in a run of 100', () => {
    expect(castOf(1, 300)).toEqual(castOf(1, 300));
    const plan = planOf(1, 100, 13);
    expect(planOf(1, 100, 13)).toEqual(plan);
    expect(planOf(2, 100, 13)).not.toEqual(plan);
    expect(new Set(plan.map((strike) => strike.do)).size).toBe(9);
    expect(plan.every(({ after }) => after >= 1 && after <= 95)).toBe(true);
  });
});
