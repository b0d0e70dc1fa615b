import { expect, test } from 'vitest';
import type { SellerId } from '../../../domain/ids.ts';
import { startApi } from '../harness.ts';

test('the decisions about a seller say why it was paused, resumed, closed and reopened', async () => {
  const api = await startApi();
  const id: SellerId = await api.makeSeller({ status: 'active' });
  const order = (what: string, reason: string) => api.post(`/v1/sellers/${id}/${what}`, { reason });
  await order('pause', 'odd logins');
  await order('resume', 'it was them');
  await order('close', 'left the platform');
  await order('reopen', 'came back');
  expect((await api.get(`/v1/sellers/${id}`)).body['reopened']).toMatchObject({
    reason: 'came back',
  });
  const { body } = await api.get(`/v1/sellers/${id}/explain`);
  expect(body['decisions']).toMatchObject([
    { what: 'Created' },
    { what: 'Paused', reason: 'odd logins' },
    { what: 'Resumed', reason: 'it was them' },
    { what: 'Closed', reason: 'left the platform' },
    { what: 'Reopened', reason: 'came back' },
  ]);
});
