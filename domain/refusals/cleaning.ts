/** Stands for a part of a message that may be personal. */
const removed = '[…]';

/** The longest message that is kept. */
const longest = 500;

/**
 * Words that begin with a capital letter in Stripe's messages and name nobody. Every other such
 * word may be a name.
 */
const capitalized = new Set(
  `A Account Accounts Add An API At Cannot Connect Create Currency Customer Dashboard Destination
  Each For Funds HTTP I IBAN ID If In Insufficient Invalid It Keys Learn Missing Must No Not Only
  Payout Payouts Please Received See Something Sorry Source Stripe SWIFT BIC Temporary The This To
  Transfer Transfers Try Unable Unknown Unrecognized URL Use We You Your`.split(/\s+/),
);

/** Before a code of a country or currency. Elsewhere, two capital letters may be a name. */
const beforeCodes = new Set(['in', 'to', 'from', 'of', 'outside', 'for']);

/**
 * Removes from Stripe's message everything that may be personal: quoted values, addresses, every
 * word with a digit or an unusual letter, and every capitalized word that Stripe does not use
 * itself. What is left may be stored, logged and shown to operators.
 */
export function cleanMessage(message: string): string {
  const unquoted = message
    .slice(0, longest)
    .replace(/[“"][^“”"]*[”"]/g, removed)
    .replace(/(?<![\p{L}\p{N}])['‘][^'’]*['’](?![\p{L}\p{N}])/gu, removed);
  const words = unquoted.split(/\s+/).filter((word) => word !== '');
  const kept = words.map((word, index) => cleanWord(word, bare(words[index - 1] ?? '')));
  return kept.filter((word, index) => word !== removed || kept[index - 1] !== removed).join(' ');
}

function cleanWord(word: string, before: string): string {
  const core = bare(word);
  return core === '' ? harmless(word) : isHarmless(core, before) ? word : removed;
}

/** Keeps punctuation alone, and what was removed before. */
function harmless(word: string): string {
  return /^[-–.,;:!?()]+$/.test(word) ? word : removed;
}

/** The word without the punctuation and the code marks around it. */
function bare(word: string): string {
  return word.replace(/^[(`[…]+/, '').replace(/[)\]…`.,;:!?]+$/, '');
}

function isHarmless(core: string, before: string): boolean {
  if (/^[a-z]+(?:['’-][a-z]+)*$/.test(core)) return true;
  // The names of parameters and capabilities, such as `stripe_balance.payouts`.
  if (/^[a-z]+(?:[._][a-z]+)*$/.test(core) && core.includes('_')) return true;
  return capitalized.has(core) || (/^[A-Z]{2,3}$/.test(core) && beforeCodes.has(before));
}
