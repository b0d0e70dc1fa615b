import { sayInstant } from '../../dates.ts';
import { holdReasons, type Stop } from '../../holds.ts';
import type { SellerId } from '../../ids.ts';
import { formatMoney, money } from '../../money.ts';
import { because } from '../../parking/commands.ts';
import { endsOfHold } from '../../reconciliation/words.ts';
import { sayRequest } from './markdown.ts';

/**
 * Who stopped the money, since when, why by its code, and what ends the stop. Only the API shows
 * the free text.
 */
export function describeStop(stop: Stop, sellerId: SellerId): string {
  const since = `since ${sayInstant(stop.since)}, by \`${stop.by}\``;
  if (stop.kind === 'pause') {
    const lifted = stop.pauseId === undefined ? because : { pauseId: stop.pauseId, ...because };
    return `- paused ${since}; ${requestTo(`/v1/sellers/${sellerId}/resume`, lifted)}`;
  }
  const { holdId: id, amount, currency, expiresAt, reasonCode, source, keptBy = null } = stop;
  const all = currency === null ? 'all money' : `all ${currency.toUpperCase()}`;
  const held = amount === null || currency === null ? all : formatMoney(money(amount, currency));
  const why = reasonCode === undefined ? '' : ` because of ${holdReasons[reasonCode].says}`;
  const lifts = expiresAt === null ? '' : `until ${sayInstant(expiresAt)}, or `;
  const requests = endsOfHold({ id, keptBy, sellerId }).map((one) =>
    sayRequest({ ...one, when: '' }),
  );
  const ends = `${keptBy === null ? '' : 'it cannot be released yet; '}${requests.join(', or ')}`;
  return `- hold (${reasonCode ?? source}) of ${held}${why} ${since}; ${lifts}${ends}`;
}

function requestTo(path: string, body: Record<string, string> = because): string {
  return sayRequest({ method: 'POST', path, body, when: '' });
}
