import type { Actor } from '../waits.ts';
import type { HoldId, MoneyStopId, PayoutId, SellerId, SellerPauseId } from '../ids.ts';

/** A request to the API that resolves a problem, as an operator would send it. */
export type Resolving = {
  method: 'POST';
  path: string;
  body: Record<string, string>;
  when: string;
};

/** A request to the API; `path` begins after the version. */
export function command(path: string, when: string, body: Record<string, string> = {}): Resolving {
  return { method: 'POST', path: `/v1/${path}`, body, when };
}

/** A request about a payout. */
export function payoutCommand(
  payoutId: PayoutId,
  name: string,
  when: string,
  body: Record<string, string> = {},
): Resolving {
  return command(`payouts/${payoutId}/${name}`, when, body);
}

/** A request about a seller. */
export function sellerCommand(
  sellerId: SellerId,
  name: string,
  when: string,
  body: Record<string, string> = {},
): Resolving {
  return command(`sellers/${sellerId}/${name}`, when, body);
}

/** A request for the link to Stripe's page, where a seller enters details or a bank account. */
export function onboardingLink(sellerId: SellerId, when: string): Resolving {
  const urls = { returnUrl: 'https://...', refreshUrl: 'https://...' };
  return sellerCommand(sellerId, 'onboarding-link', when, urls);
}

/** The body of a command that needs a reason. */
export const because = { reason: '...' };

/** The command that ends a payout whose money somebody else paid. */
export const elsewhere = {
  name: 'paid-elsewhere',
  when: 'Somebody else paid the money, for example in the Dashboard. Name the transfer only if there was one. Outside Stripe, give `proof` instead of the ids',
  body: { stripePayoutId: 'po_...', transferId: 'tr_...', ...because },
};

/** The request that ends a payout whose money somebody else paid. */
export function paidElsewhereCommand(payoutId: PayoutId): Resolving {
  return payoutCommand(payoutId, elsewhere.name, elsewhere.when, elsewhere.body);
}

/** The command that ends a payout whose account has left the platform, so that nobody can look. */
export const left = {
  name: 'leave-with-seller',
  when: 'Only if the account has left the platform with the money, so that nobody can look for the payout: the engine checks this at Stripe and sends nothing more',
  body: because,
  // `planLeave` refuses the command otherwise.
  isFor: ({ isAtAccount }: { isAtAccount: boolean }) => isAtAccount,
};

/** The request that releases one hold. */
export function releaseHoldCommand(holdId: HoldId): Resolving {
  const when = `The hold is no longer needed; other holds stay. GET /v1/holds/${holdId}/preview shows the effect`;
  return command(`holds/${holdId}/release`, when, because);
}

/** The request that lifts one pause of a seller. */
export function liftPauseCommand(sellerId: SellerId, pauseId: SellerPauseId): Resolving {
  const when = 'The reason no longer applies; other pauses stay';
  return sellerCommand(sellerId, 'resume', when, { ...because, pauseId });
}

/** The request that lifts one stop of all money. */
export function liftStopCommand(stopId: MoneyStopId): Resolving {
  const when = 'The reason of this stop no longer applies';
  return command('operations/resume-money', when, { stopId, ...because });
}

/** One reason to need a person. */
export type Park<Facts> = {
  /** Completes "Waits for" in the Temporal UI. Only payouts have such a text. */
  ui?: string;
  /** What happened, for the person who must decide. */
  says: string | ((facts: Facts, detail: string | null) => string);
  /** Who must act. By default, an operator. */
  actor?: Actor | ((facts: Facts) => Actor);
  /** The commands that resolve the problem. Empty if only somebody outside the engine can. */
  commands: {
    name: string;
    when: string;
    body?: Record<string, string> | ((facts: Facts) => Record<string, string>);
    /** True if the command can resolve the problem of this object. Absent if it always can. */
    isFor?: (facts: Facts) => boolean;
    /** A person decides so about each object by itself: no list of many runs the command. */
    isSingle?: true;
    /** True if this command helps this object most, so that it is offered first. */
    isFirst?: (facts: Facts) => boolean;
    /** True if this command alone does not help this object, so that it is offered last. */
    isLast?: (facts: Facts) => boolean;
  }[];
  /** The outcome is unknown: a person must check Stripe before anything is tried again. */
  isUnknown?: true;
};

/** What happened, and each command that resolves the problem of this object. */
export function explain<Facts>(
  { says, commands, actor = 'operator' }: Park<Facts>,
  facts: Facts,
  commandOf: (name: string, when: string, body?: Record<string, string>) => Resolving,
  detail: string | null = null,
): { explanation: string; actor: Actor; commands: Resolving[] } {
  return {
    actor: typeof actor === 'function' ? actor(facts) : actor,
    explanation: typeof says === 'string' ? says : says(facts, detail),
    commands: commands
      .filter(({ isFor }) => isFor?.(facts) ?? true)
      .toSorted((one, other) => rankOf(one, facts) - rankOf(other, facts))
      .map(({ name, when, body }) => {
        return commandOf(name, when, typeof body === 'function' ? body(facts) : body);
      }),
  };
}

function rankOf<Facts>({ isFirst, isLast }: Park<Facts>['commands'][number], facts: Facts): number {
  if (isFirst?.(facts) === true) return 0;
  return isLast?.(facts) === true ? 2 : 1;
}
