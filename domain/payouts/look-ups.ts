/**
 * Minutes before each look-up of an unknown outcome; the first is immediate. Stripe's lists lag
 * behind its writes, so one look-up without a result means little. After the last look-up, a person
 * decides.
 */
export const lookUpDelaysMinutes = [0, 1, 10, 60] as const;
