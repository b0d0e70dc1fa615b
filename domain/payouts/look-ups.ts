/**
 * Minutes before each look-up of an unknown outcome. Stripe's lists lag behind its writes, so a
 * single look-up without a result proves nothing. After the last look-up, a person decides.
 */
export const lookUpDelaysMinutes = [0, 1, 10, 60] as const;
