import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTemporal } from '../servers/environment.ts';
import { openStage, type SetUpStage } from './set-up-stage.ts';

let temporal: TestWorkflowEnvironment;
let stage: SetUpStage;
beforeAll(async () => {
  temporal = await openTemporal();
  stage = await openStage(temporal);
});
afterAll(async () => {
  await stage.close();
  await temporal.teardown();
});

test('the set-up names each country of which Stripe says other than the tables', async () => {
  expect((await stage.run()).of('Countries')).toEqual([
    'ok: a platform in US reaches 118 countries, as Stripe says',
  ]);
  const spec = await stage.stripe.countrySpecs.retrieve('US');
  const others = spec.supported_transfer_countries.filter((country) => country !== 'MX');
  const body = JSON.stringify({ ...spec, supported_transfer_countries: [...others, 'BR'] });
  const aim = { method: 'GET', path: '/v1/country_specs/US' };
  await stage.ask('PUT', 'faults', { rules: [{ kind: 'status', ...aim, status: 200, body }] });
  expect((await stage.run()).of('Countries')).toEqual([
    expect.stringMatching(/^note: .*: BR is only at Stripe, MX is only here\./),
  ]);
});
