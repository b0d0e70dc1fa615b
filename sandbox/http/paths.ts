const regexpSigns = /[\^$()[\]{}|\\+?]|\.\*/;

/**
 * True if a pattern matches a path. A pattern with regular-expression characters is a regular
 * expression; any other pattern is a prefix, which may end with `*`.
 */
export function pathMatches(pattern: string, path: string): boolean {
  if (regexpSigns.test(pattern)) return new RegExp(pattern).test(path);
  return path.startsWith(pattern.replace(/\*$/, ''));
}

/** True if the pattern is valid. */
export function isPathPattern(pattern: string): boolean {
  try {
    pathMatches(pattern, '/');
    return true;
  } catch {
    return false;
  }
}

/** Ids have short prefixes, so `balance_settings` and similar names are not ids. */
const ids = /\/(?:[a-z]{2,4}|issfr)_\w+/g;

/** The endpoint of a request, with placeholders for ids: `GET /v1/payouts/:id`. */
export function endpointOf({ method, path }: { method: string; path: string }): string {
  return `${method} ${path.replaceAll(ids, '/:id')}`;
}

/** The requests to which a rule of a test applies. Absent fields match everything. */
export type Aim = {
  method?: string | undefined;
  path?: string | undefined;
  account?: string | undefined;
};

/** The fields of a request that a rule compares. */
export type Target = { method: string; path: string; account: string };

/** True if the rule applies to the request. */
export function isAimedAt(aim: Aim, { method, path, account }: Target): boolean {
  if (aim.method !== undefined && aim.method !== method) return false;
  if (aim.account !== undefined && aim.account !== account) return false;
  return aim.path === undefined || pathMatches(aim.path, path);
}
