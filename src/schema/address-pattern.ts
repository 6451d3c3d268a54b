// The words of `prefix` and `pattern`: enough about patterns to refuse what cannot be one, and to find two entities that
// mean the same addresses. Matching is the address room's, which this room may not import; a test holds both to one form.
import { MAX_PATTERN_TOKENS } from './limits.ts';

export interface AddressPattern {
  /** Without separators at its ends; the `prefix` or `pattern` of the entity. */
  readonly text: string;
  /** The same for all patterns with the same meaning, prefixes included. */
  readonly normal: string;
}

/** The pattern, or what is wrong with it. */
export function readPattern(kind: 'prefix' | 'pattern', written: string): AddressPattern | string {
  const text = written.replace(/^[./]+|[./]+$/g, '');
  if (text === '') return `${kind} has no word in it`;
  const tokens = text.split(/[./]/);
  if (kind === 'prefix') tokens.push('#');
  if (tokens.length > MAX_PATTERN_TOKENS)
    return `${kind} has ${tokens.length} words; ${MAX_PATTERN_TOKENS} are allowed`;
  return { text, normal: normalised(tokens).join('/') };
}

/** The words in which `*` or `#` stands beside other characters, and so is no wildcard. */
export function literalWildcards(text: string): string[] {
  return text.split(/[./]/).filter((token) => token.length > 1 && /[*#]/.test(token));
}

/** `#.#` is `#`, and `#.*` is `*.#`: of each run of wildcards the stars come first, then at most one `#`. */
function normalised(tokens: readonly string[]): string[] {
  const normal: string[] = [];
  let hash = false;
  for (const token of [...tokens, '']) {
    if (token === '#') {
      hash = true;
      continue;
    }
    if (hash && token !== '*') {
      normal.push('#');
      hash = false;
    }
    normal.push(token);
  }
  return normal.slice(0, -1);
}
