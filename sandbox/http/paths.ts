const regexpSigns = /[\^$()[\]{}|\\+?]|\.\*/;

/** Does a pattern match a path? With regexp signs it is a regexp, else a prefix (`*` may end it). */
export function pathMatches(pattern: string, path: string): boolean {
  if (regexpSigns.test(pattern)) return new RegExp(pattern).test(path);
  return path.startsWith(pattern.replace(/\*$/, ''));
}

/** Can the pattern be used at all? */
export function isPathPattern(pattern: string): boolean {
  try {
    pathMatches(pattern, '/');
    return true;
  } catch {
    return false;
  }
}

/** Prefixes of ids are short; `balance_settings` and its like are no ids. */
const ids = /\/(?:[a-z]{2,4}|issfr)_\w+/g;

/** What a request is a call of, its ids left out: `GET /v1/payouts/:id`. */
export function endpointOf({ method, path }: { method: string; path: string }): string {
  return `${method} ${path.replaceAll(ids, '/:id')}`;
}

/** Which requests a rule of a test concerns; what is absent matches everything. */
export type Aim = {
  method?: string | undefined;
  path?: string | undefined;
  account?: string | undefined;
};

/** What a rule looks at in a request. */
export type Target = { method: string; path: string; account: string };

/** Is the request one that the rule concerns? */
export function isAimedAt(aim: Aim, { method, path, account }: Target): boolean {
  if (aim.method !== undefined && aim.method !== method) return false;
  if (aim.account !== undefined && aim.account !== account) return false;
  return aim.path === undefined || pathMatches(aim.path, path);
}
