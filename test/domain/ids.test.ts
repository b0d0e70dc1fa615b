import { describe, expect, test } from 'vitest';
import {
  attemptKey,
  isEarningId,
  isPayoutId,
  isSellerId,
  newId,
  newSettingKey,
  payoutWorkflowId,
  sellerWorkflowId,
  subjectOf,
} from '../../domain/ids.ts';

describe('an id', () => {
  test('is new each time and is known by its prefix', () => {
    const ids = Array.from({ length: 1000 }, () => newId('sel'));
    expect(new Set(ids).size).toBe(1000);
    expect(ids.every(isSellerId)).toBe(true);
    expect(ids.some(isPayoutId)).toBe(false);
    expect(isPayoutId(newId('payout'))).toBe(true);
    expect(isEarningId(newId('earn'))).toBe(true);
  });

  test('uses every character of its alphabet, and none that reads like another', () => {
    const used = new Set(Array.from({ length: 500 }, () => newId('key').slice(4)).join(''));
    expect([...used].sort().join('')).toBe('0123456789abcdefghjkmnpqrstvwxyz');
  });

  test.each([
    [undefined, 'there is none'],
    ['', 'empty'],
    ['sel_', 'nothing behind the prefix'],
    ['sel_0123456789abcdefghj', 'a character short'],
    ['sel_0123456789abcdefghjkm', 'a character long'],
    ['sel_0123456789ABCDEFGHJK', 'upper case'],
    ['sel_0123456789abcdefgh/k', 'a slash would change a path'],
    ['sel_0123456789abcdefghjk\n', 'a line end'],
    ['payout_0123456789abcdefghjk', 'of something else'],
  ])('of a seller is not %s: %s', (id, _why) => {
    expect(isSellerId(id)).toBe(false);
  });
});

describe('a workflow id', () => {
  test('says whose workflow it is', () => {
    const sellerId = newId('sel');
    const payoutId = newId('payout');
    expect(subjectOf(sellerWorkflowId(sellerId))).toEqual({ kind: 'seller', id: sellerId });
    expect(subjectOf(payoutWorkflowId(payoutId))).toEqual({ kind: 'payout', id: payoutId });
  });

  test.each([
    ['', 'empty'],
    ['job/relay', 'nobody behind it'],
    ['seller/payout_0123456789abcdefghjk', 'the id is of something else'],
    ['payout/payout_0123456789abcdefghjk/chunk', 'a part of something, not the whole'],
    ['payout', 'no id'],
  ])('%s belongs to no row: %s', (workflowId) => {
    expect(subjectOf(workflowId)).toBeUndefined();
  });
});

describe('a key at Stripe', () => {
  test('of an attempt names its object, its step and its number', () => {
    const of = { objectId: 'payout_0123456789abcdefghjk', step: 'transfer' };
    expect(attemptKey({ ...of, number: 2 })).toBe('payout_0123456789abcdefghjk/transfer/2');
    expect(attemptKey({ ...of, number: 'adopted' })).toBe(
      'payout_0123456789abcdefghjk/transfer/adopted',
    );
  });

  test('of a setting is new each time', () => {
    const sellerId = newId('sel');
    const keys = [newSettingKey(sellerId), newSettingKey(sellerId)];
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(new RegExp(`^${sellerId}/manual_[0-9a-z]{20}$`));
  });
});
