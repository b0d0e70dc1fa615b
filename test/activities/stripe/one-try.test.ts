import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';

import { createStripe } from '../../../activities/stripe/client.ts';

test.each(['GET', 'POST'] as const)(
  'a %s whose connection breaks reaches Stripe once: only its attempt decides about another',
  async (method) => {
    let requests = 0;
    const server = createServer((request) => {
      requests += 1;
      request.socket.destroy();
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const stripe = createStripe({
      secretKey: 'sk_test_anything',
      apiBase: `http://127.0.0.1:${port}`,
    });
    try {
      const asked =
        method === 'GET'
          ? stripe.payouts.retrieve('po_1')
          : stripe.payouts.create({ amount: 100, currency: 'eur' }, { idempotencyKey: 'one' });
      await expect(asked).rejects.toMatchObject({ type: 'StripeConnectionError' });
      expect(requests).toBe(1);
    } finally {
      server.close();
    }
  },
);
