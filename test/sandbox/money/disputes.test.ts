import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stripe } from 'stripe';
import { expectRefusal, type MoneySandbox, startMoneySandbox } from './stage.ts';

let s: MoneySandbox;

beforeAll(async () => {
  s = await startMoneySandbox();
  await s.fund(1_000_00);
});
afterAll(() => s.close());

async function disputed(source = 'tok_visa_createDispute'): Promise<Stripe.Dispute> {
  const { id } = await s.stripe.charges.create({ amount: 100_00, currency: 'usd', source });
  const { data } = await s.stripe.disputes.list({ charge: id });
  return data[0] as Stripe.Dispute;
}

async function argue(id: string, words: string): Promise<Stripe.Dispute> {
  await s.stripe.disputes.update(id, { evidence: { uncategorized_text: words } });
  await s.moveTo((await s.now()) + 10_000);
  return s.stripe.disputes.retrieve(id);
}

test('a dispute takes the amount and a fee from the platform at once', async () => {
  const before = await s.available();
  const dispute = await disputed();
  expect(dispute).toMatchObject({
    amount: 100_00,
    reason: 'fraudulent',
    status: 'needs_response',
    is_charge_refundable: false,
    balance_transactions: [{ amount: -100_00, fee: 15_00, type: 'adjustment' }],
  });
  expect(await s.available()).toBe(before - 115_00);
  const charge = dispute.charge as string;
  expect((await s.stripe.charges.retrieve(charge)).disputed).toBe(true);
  expect(await s.told(dispute.id)).toEqual([
    'charge.dispute.created',
    'charge.dispute.funds_withdrawn',
  ]);
  await expectRefusal(s.stripe.refunds.create({ charge }), 'charge_disputed', /charged back/);
});

test('winning evidence brings the amount back, but not the fee', async () => {
  const before = await s.available();
  const { id } = await disputed();
  expect((await argue(id, 'winning_evidence')).status).toBe('won');
  expect(await s.available()).toBe(before - 15_00);
  expect((await s.told(id)).slice(2)).toEqual([
    'charge.dispute.updated',
    'charge.dispute.funds_reinstated',
    'charge.dispute.closed',
  ]);
});

test('losing evidence, giving up and silence all lose', async () => {
  const { id: argued } = await disputed();
  expect((await argue(argued, 'losing_evidence')).status).toBe('lost');
  const { id: given } = await disputed();
  expect((await s.stripe.disputes.close(given)).status).toBe('lost');
  await expectRefusal(s.stripe.disputes.close(given), undefined, 'This dispute is already closed');
  const { id: ignored, evidence_details: details } = await disputed();
  await s.moveTo(Number(details.due_by) * 1000 + 1_000);
  expect((await s.stripe.disputes.retrieve(ignored)).status).toBe('lost');
});

test('a test may dispute what is left of a charge at any time', async () => {
  const charge = await s.fund(80_00);
  await s.stripe.refunds.create({ charge: charge.id, amount: 30_00 });
  const before = await s.available();
  await s.ask('POST', `charges/${charge.id}/dispute`, { reason: 'product_not_received' });
  const { data } = await s.stripe.disputes.list({ charge: charge.id });
  expect(data).toMatchObject([{ amount: 50_00, reason: 'product_not_received' }]);
  expect(await s.available()).toBe(before - 65_00);
});

test('an inquiry takes no money until it escalates', async () => {
  const before = await s.available();
  const { id, status } = await disputed('tok_visa_createDisputeInquiry');
  expect(status).toBe('warning_needs_response');
  expect(await s.available()).toBe(before);
  expect((await argue(id, 'escalate_inquiry_evidence')).status).toBe('needs_response');
  expect(await s.available()).toBe(before - 115_00);
});

test('an inquiry that is answered well is closed', async () => {
  const { id } = await disputed('tok_visa_createDisputeInquiry');
  expect((await argue(id, 'winning_evidence')).status).toBe('warning_closed');
});

test('evidence that is not submitted decides nothing', async () => {
  const { id } = await disputed();
  const evidence = { uncategorized_text: 'losing_evidence' };
  const kept = await s.stripe.disputes.update(id, { evidence, submit: false });
  expect(kept).toMatchObject({
    status: 'needs_response',
    evidence_details: { has_evidence: true, submission_count: 0 },
  });
});

describe('an early fraud warning', () => {
  const warned = { amount: 10_00, currency: 'usd', source: 'tok_createIssuerFraudRecord' };

  async function warningOf(charge: string) {
    const { data } = await s.stripe.radar.earlyFraudWarnings.list({ charge });
    return s.stripe.radar.earlyFraudWarnings.retrieve(data[0]?.id ?? '', { expand: ['charge'] });
  }

  test('takes no money, and is told of', async () => {
    const before = await s.pending();
    const { id } = await s.stripe.charges.create(warned);
    expect(await s.pending()).toBeGreaterThan(before);
    const warning = await warningOf(id);
    expect(warning).toMatchObject({ actionable: true, charge: { id, disputed: false } });
    expect(await s.told(warning.id)).toEqual(['radar.early_fraud_warning.created']);
  });

  test('asks for nothing more once the charge is refunded or disputed', async () => {
    const refunded = await s.stripe.charges.create(warned);
    await s.stripe.refunds.create({ charge: refunded.id, amount: 1_00 });
    expect((await warningOf(refunded.id)).actionable).toBe(true);
    await s.stripe.refunds.create({ charge: refunded.id });
    const disputed = await s.stripe.charges.create(warned);
    await s.ask('POST', `charges/${disputed.id}/dispute`, {});
    for (const { id } of [refunded, disputed]) {
      const warning = await warningOf(id);
      expect(warning.actionable).toBe(false);
      expect(await s.told(warning.id)).toContain('radar.early_fraud_warning.updated');
    }
  });
});
