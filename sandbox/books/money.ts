const zeroDecimal = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ');
const threeDecimal = 'bhd jod kwd omr tnd'.split(' ');

/** US dollars, in millionths, that one unit of a currency is worth here until a test changes it. */
const microDollars: Record<string, bigint> = {
  usd: 1_000_000n,
  eur: 1_100_000n,
  gbp: 1_270_000n,
  chf: 1_150_000n,
  cad: 730_000n,
  aud: 660_000n,
  nzd: 600_000n,
  jpy: 6_600n,
  hkd: 128_000n,
  sgd: 750_000n,
  sek: 95_000n,
  nok: 93_000n,
  dkk: 147_000n,
  pln: 255_000n,
  czk: 44_000n,
  huf: 2_750n,
  ron: 221_000n,
  bgn: 562_000n,
  isk: 7_200n,
  mxn: 55_000n,
  brl: 180_000n,
  inr: 11_900n,
  thb: 29_000n,
  myr: 225_000n,
  twd: 31_000n,
  ugx: 270n,
  krw: 720n,
  aed: 272_000n,
  kwd: 3_250_000n,
};

/** Stripe keeps one percent when it converts. */
const conversionKeeps = 990_000n;
const million = 1_000_000n;

/** How many decimals a currency's amounts carry. */
export function decimalsOf(currency: string): number {
  if (zeroDecimal.includes(currency)) return 0;
  return threeDecimal.includes(currency) ? 3 : 2;
}

/** Does the sandbox know this currency? */
export function isCurrency(currency: string): boolean {
  return currency in microDollars;
}

/** What an amount becomes in another currency, rounded down, and the rate as a balance shows it. */
export function convert(
  amount: number,
  from: string,
  to: string,
  moved: Record<string, number> = {},
): { amount: number; rate: number } {
  const [fromRate, toRate] = [from, to].map((currency) =>
    BigInt(moved[currency] ?? microDollars[currency] ?? million),
  ) as [bigint, bigint];
  const numerator = BigInt(amount) * fromRate * conversionKeeps * 10n ** BigInt(decimalsOf(to));
  const denominator = toRate * million * 10n ** BigInt(decimalsOf(from));
  const rateInMillionths = (fromRate * conversionKeeps) / toRate;
  return { amount: Number(numerator / denominator), rate: Number(rateInMillionths) / 1e6 };
}

/** Stripe's fee on a card charge: 2.9 percent, rounded half up, and 30. */
export function cardFee(amount: number): number {
  return Math.floor((amount * 29 + 500) / 1000) + 30;
}

/** Which part of `converted` belongs to `part` of `whole`; the last part takes the rest. */
export function shareOf(converted: number, part: number, whole: number): number {
  return Number((BigInt(converted) * BigInt(part)) / BigInt(whole));
}
