import type { Person, Stage } from './stage.ts';

/** A Spanish bank account whose payouts fail: there is no such account (Stripe's testing guide). */
export const noSuchAccount = 'ES62370400440532013001';

/** Visits Stripe's hosted page by a fresh link, and submits its form as a browser would. */
export async function fillInHostedPage(
  { api }: Stage,
  { id }: Person,
  typed: Record<string, string> = {},
): Promise<void> {
  const { url } = (await api('POST', `/v1/sellers/${id}/onboarding-link`, {
    returnUrl: 'https://shop.example/welcome',
    refreshUrl: 'https://shop.example/again',
  })) as { url: string };
  const page = await fetch(url);
  if (!page.ok) throw new Error(`${page.status} from the hosted page`);
  const form = new URLSearchParams({ ...filledIn(await page.text()), ...typed, action: 'submit' });
  const answer = await fetch(url, { method: 'POST', body: form, redirect: 'manual' });
  if (answer.status !== 303) throw new Error(`${answer.status} from the form of the hosted page`);
}

/** What the form holds before anybody types. */
function filledIn(html: string): Record<string, string> {
  const inputs = [...html.matchAll(/<input [^>]*>/g)].map(([tag]) => tag);
  const chosen = inputs.filter((tag) => !tag.includes('type="radio"') || tag.includes(' checked'));
  return Object.fromEntries(
    chosen.map((tag) => [attribute(tag, 'name'), attribute(tag, 'value')] as const),
  );
}

function attribute(tag: string, name: string): string {
  return new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
}
