import { describe, expect, test } from 'vitest';
import { readConfig } from '../config.ts';

const needed = { DATABASE_URL: 'postgres://x', STRIPE_SECRET_KEY: 'sk_test_1' };
const sandbox = { STRIPE_API_BASE: 'http://127.0.0.1:12111' };

describe('the settings', () => {
  test.each<[what: string, env: Record<string, string>, words: string]>([
    ['a live key alone', { STRIPE_SECRET_KEY: 'sk_live_1' }, 'ALLOW_LIVE=1'],
    [
      'a live key for the sandbox',
      { STRIPE_SECRET_KEY: 'rk_live_1', ALLOW_LIVE: '1', ...sandbox },
      'The sandbox refuses a live Stripe key',
    ],
    ['a key that is no secret one', { STRIPE_SECRET_KEY: 'pk_test_1' }, 'STRIPE_SECRET_KEY'],
    ['an address of no meaning', { WEBHOOK_URL: 'pay.example.com' }, 'WEBHOOK_URL'],
    ['an address without a path', { WEBHOOK_URL: 'https://pay.example.com' }, 'its path'],
    ['an open address', { WEBHOOK_URL: 'http://127.0.0.1/hook' }, 'must be https://'],
  ])('refuse %s', (_, env, words) => {
    expect(() => readConfig({ ...needed, ...env })).toThrow(words);
  });

  test('take an address that Stripe, or the sandbox, can deliver to', () => {
    const https = { WEBHOOK_URL: 'https://Pay.example.com/hook' };
    const http = { WEBHOOK_URL: 'http://127.0.0.1:3000/hook', ...sandbox };
    const urlOf = (env: object) => readConfig({ ...needed, ...env }).stripe.webhookUrl;
    expect(urlOf(https)).toBe('https://pay.example.com/hook');
    expect(urlOf(http)).toBe('http://127.0.0.1:3000/hook');
    expect(urlOf({})).toBeUndefined();
  });
});
