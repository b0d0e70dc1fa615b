import type { Facts, Finding } from './facts.ts';

/**
 * Checks that no request for a step reached Stripe under another key once the step's object
 * existed, whatever Stripe answered: the engine must have looked first. An object that was taken
 * back is no reason not to send.
 */
export function auditSends({ book, sends }: Facts): Finding[] {
  const transfers = book.transfers.filter(({ amount, amountReversed }) => amountReversed < amount);
  const objects = [
    ...transfers.map((one) => ({ ...one, step: 'transfer' })),
    ...book.payouts.map((one) => ({ ...one, step: 'payout' })),
  ];
  return objects.flatMap(({ id, created, step, metadata }) => {
    const prefix = `${metadata['payout_id'] ?? ''}/${step}/`;
    const own = sends.filter(({ key }) => key.startsWith(prefix));
    // Stripe's times are whole seconds.
    const isLater = ({ clock }: { clock: number }): boolean => clock >= (created + 1) * 1000;
    const maker = own.findLast((one) => !isLater(one));
    const again = own.find((one) => isLater(one) && one.key !== maker?.key);
    if (!maker || !again) return [];
    const words = `${again.key} was sent although ${id} existed`;
    return [{ rule: 'sent-again', about: metadata['payout_id'] ?? id, words }];
  });
}
