import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Stage, startStage } from '../../build/stage.ts';
import { liftEveryStop, stopAllMoney } from '../../build/money.ts';

let stage: Stage;
afterEach(async () => {
  vi.restoreAllMocks();
  await stage.close();
});

const done = { transfer: 'transferred', payout: 'sent' } as const;
const retryHelps = { kind: 'status', status: 400, headers: { 'Stripe-Should-Retry': 'true' } };

for (const step of ['transfer', 'payout'] as const) {
  describe(`a ${step}`, () => {
    /** It was made exactly once, under one key. */
    async function expectOnce(key = `${stage.payoutId}/${step}/1`): Promise<void> {
      expect((await stage.row()).status).toBe(done[step]);
      const made = await stage.made();
      expect(made.map(({ amount }) => amount)).toEqual([100_00]);
      expect(new Set((await stage.posts()).map((post) => post.idempotencyKey))).toEqual(
        new Set([key]),
      );
    }

    test('that runs again after it succeeded asks Stripe nothing', async () => {
      stage = await startStage(step);
      await stage.act();
      const before = (await stage.posts()).length;
      await Promise.all([stage.act(), stage.act()]);
      expect(await stage.posts()).toHaveLength(before);
      await expectOnce();
    });

    test.each([
      ['drop-after', 'Stripe did it and the answer was lost'],
      ['drop-before', 'Stripe never heard of it'],
    ])('whose connection broke (%s) is sent again under its key: %s', async (kind) => {
      stage = await startStage(step);
      await stage.disturb({ kind });
      await expect(stage.act()).rejects.toMatchObject({ type: 'StripeUnreachable' });
      await stage.act();
      await expectOnce();
    });

    test.each([
      ['the whole key is too fast', { kind: 'rate-limit' }],
      ['two requests want the same object', { kind: 'lock-timeout' }],
      ['429 without a reason', { kind: 'status', status: 429 }],
      [
        'its key is under way',
        { kind: 'status', status: 409, type: 'idempotency_error', code: 'idempotency_key_in_use' },
      ],
      ['409 without a code', { kind: 'status', status: 409 }],
      ['Stripe is down', { kind: 'status', status: 503 }],
      ['Stripe says that a retry helps', retryHelps],
      [
        'a gateway answers with a page',
        { kind: 'status', status: 502, body: '<p>Bad gateway</p>' },
      ],
      [
        'a gateway answers in its own words',
        { kind: 'status', status: 503, body: '{"message":""}' },
      ],
    ])('that Stripe puts off since %s is sent again under its key', async (_why, rule) => {
      stage = await startStage(step);
      await stage.disturb({ ...rule, count: 3 });
      for (let time = 0; time < 3; time += 1) {
        await expect(stage.act()).rejects.toMatchObject({ category: 'BENIGN' });
        expect((await stage.row()).waitingFor).toBe('stripe-answer');
      }
      await stage.act();
      await expectOnce();
      expect(await stage.attempts()).toMatchObject([{ number: 1, tries: 4 }]);
    });

    test('whose key is refused waits a minute before the next try', async () => {
      stage = await startStage(step);
      await stage.disturb({ kind: 'status', status: 401 });
      await expect(stage.act()).rejects.toMatchObject({
        type: 'StripeKeyRefused',
        nextRetryDelay: 60_000,
      });
      await stage.act();
      await expectOnce();
    });

    test('that is under way already is not sent a second time', async () => {
      stage = await startStage(step);
      const hold = { id: 'first', when: 'during', method: 'POST', path: stage.path };
      await stage.sandbox.ask('PUT', 'holds', { holds: [hold] });
      const first = stage.act();
      await stage.untilHeld();
      await expect(stage.act()).rejects.toMatchObject({ type: 'StripeBusy' });
      await stage.sandbox.ask('POST', 'holds/first/release', {});
      await first;
      await stage.act();
      await expectOnce();
    });

    test('that is too old to be sent again is looked up, never posted', async () => {
      stage = await startStage(step);
      await stage.disturb({ kind: 'drop-after' });
      await expect(stage.act()).rejects.toThrow();
      const before = (await stage.posts()).length;
      await stage.moveMinutes(12 * 60 + 1);
      expect(await stage.act()).toMatchObject({ unknownStep: step, waitingFor: 'outcome-look-up' });
      await stage.act();
      expect(await stage.posts()).toHaveLength(before);
      await stage.lookUp();
      await expectOnce();
    });

    test('that was cleared before the machine slept is not sent without another look', async () => {
      const now = Date.now.bind(Date);
      let sleeps = false;
      let ahead = 0;
      vi.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
      stage = await startStage(step, { whileWaiting: () => (ahead = sleeps ? 25 * 3_600_000 : 0) });
      // Else the sandbox, whose clock leaps too, may pay the account out by itself.
      await stage.run.setManualPayouts();
      const before = (await stage.posts()).length;
      sleeps = true;
      await expect(stage.act()).rejects.toMatchObject({ type: 'ClearanceExpired' });
      expect(await stage.posts()).toHaveLength(before);
      sleeps = false;
      ahead = 0;
      await stage.act();
      await expectOnce();
    });

    test('that a lost permission refuses on a later try is looked up, never made anew', async () => {
      stage = await startStage(step);
      await stage.disturb({ kind: 'drop-after' });
      await expect(stage.act()).rejects.toMatchObject({ type: 'StripeUnreachable' });
      await stage.disturb({ kind: 'status', status: 403 });
      expect(await stage.act()).toMatchObject({ unknownStep: step, waitingFor: 'outcome-look-up' });
      await stage.lookUp();
      await expectOnce();
    });

    test('that a missing permission refuses at once moved nothing', async () => {
      stage = await startStage(step);
      await stage.disturb({ kind: 'status', status: 403 });
      expect(await stage.act()).toMatchObject({ waitingFor: 'stripe-key', unknownStep: null });
      expect(await stage.made()).toEqual([]);
    });

    test('is not sent while money is stopped, and is sent afterwards', async () => {
      stage = await startStage(step);
      await stopAllMoney(stage.db);
      const before = (await stage.posts()).length;
      expect(await stage.act()).toMatchObject({ waitingFor: 'money-stopped' });
      expect(await stage.posts()).toHaveLength(before);
      await liftEveryStop(stage.db);
      await stage.act();
      await expectOnce();
    });

    test('keeps the body of its first try, whatever the row says later', async () => {
      stage = await startStage(step);
      await stage.disturb({ kind: 'drop-before' });
      await expect(stage.act()).rejects.toThrow();
      await stage.db
        .updateTable('payouts')
        .set({ from_platform: 55_00 })
        .where('id', '=', stage.payoutId)
        .execute();
      await stage.act().catch(() => undefined); // the ledger refuses to book the wrong amount
      expect((await stage.made()).map(({ amount }) => amount)).toEqual([100_00]);
    });

    test('is kept without what Stripe said of a bank account', async () => {
      stage = await startStage(step);
      const message = 'The bank account DE89370400440532013000 has been deleted.';
      await stage.disturb({ kind: 'status', status: 400, message, code: 'bank_account_unusable' });
      expect(await stage.act()).toMatchObject({ waitingFor: 'bank-details' });
      const [attempt] = await stage.attempts();
      expect(attempt).toMatchObject({ state: 'refused', refusal: 'bank-details' });
      expect(JSON.stringify(attempt)).not.toContain('DE89');
      expect(attempt?.error).toMatchObject({ statusCode: 400, code: 'bank_account_unusable' });
    });

    test.each([
      ['a parameter is wrong', 400, 'parameter_invalid_integer'],
      ['something is missing', 404, 'resource_missing'],
    ])('that Stripe refuses since %s is parked for a person', async (_why, status, code) => {
      stage = await startStage(step);
      await stage.disturb({ kind: 'status', status, ...(code && { code }) });
      expect(await stage.act()).toMatchObject({ parked: 'refused-by-stripe' });
      const posts = (await stage.posts()).length;
      expect(await stage.act()).toMatchObject({ parked: 'refused-by-stripe' });
      expect(await stage.posts()).toHaveLength(posts);
    });
  });
}

describe('a transfer without enough at the platform', () => {
  test('is refused, waits for money, and goes under the next key when it came', async () => {
    stage = await startStage('transfer', { funded: false });
    expect(await stage.act()).toMatchObject({ waitingFor: 'platform-balance', status: 'reserved' });
    expect(await stage.attempts()).toMatchObject([
      { number: 1, state: 'refused', refusal: 'balance-insufficient' },
    ]);
    await stage.sandbox.fund(500_00);
    expect(await stage.act()).toMatchObject({ status: 'transferred' });
    expect(await stage.attempts()).toMatchObject([
      { number: 1, state: 'refused' },
      { number: 2, state: 'succeeded' },
    ]);
    expect(await stage.made()).toHaveLength(1);
  });
});

describe('a payout at Stripe', () => {
  test('always carries the account, and is not sent without one', async () => {
    stage = await startStage('payout');
    await stage.db.updateTable('payouts').set({ stripe_account: null }).execute();
    await expect(stage.act()).rejects.toThrow('without an account');
    expect(await stage.posts()).toEqual([]);
    await stage.db.updateTable('payouts').set({ stripe_account: stage.account }).execute();
    await stage.act();
    expect((await stage.posts()).map(({ account }) => account)).toEqual([stage.account]);
  });

  test('without enough at the account waits, and goes under the next key', async () => {
    stage = await startStage('payout');
    const acting = { stripeAccount: stage.account };
    const other = await stage.stripe.payouts.create({ amount: 60_00, currency: 'usd' }, acting);
    expect(await stage.act()).toMatchObject({ waitingFor: 'account-balance' });
    await stage.sandbox.ask('POST', `payouts/${other.id}/fail`, { failureCode: 'account_closed' });
    await stage.act();
    expect(await stage.attempts()).toMatchObject([
      { number: 1, state: 'refused', refusal: 'balance-insufficient' },
      { number: 2, state: 'succeeded' },
    ]);
    expect(await stage.made()).toHaveLength(1);
  });
});
