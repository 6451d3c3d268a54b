// SASLprep (RFC 4013), the form in which user names and passwords are compared: the mapping, normalisation and the
// prohibited characters. Not done: the checks for text from right to left and for code points unassigned in Unicode 3.2
// (they refuse some texts, they never make two texts equal).

// RFC 3454 C.1.2: spaces other than ASCII's.
const otherSpaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;
// RFC 3454 B.1: characters that are mapped to nothing.
const nothing = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/gu;
// RFC 3454 C.2.1, C.2.2, C.3 to C.9: controls, private use, non-characters, surrogates, text that does not survive plain
// text, description characters, deprecated display properties, tags.
const prohibited = [
  /[\p{Cc}\p{Co}\p{Cs}]/u,
  /\u06dd|\u070f|\u180e|\u2028|\u2029|[\u2061-\u2063]|[\u206a-\u206f]|[\u{1d173}-\u{1d17a}]/u,
  /[\ufdd0-\ufdef]|\p{Noncharacter_Code_Point}/u,
  /[\ufff9-\ufffd]|[\u2ff0-\u2ffb]|\u0340|\u0341|\u200e|\u200f|[\u202a-\u202e]/u,
  /\u{e0001}|[\u{e0020}-\u{e007f}]/u,
];

/** The prepared text, or null when it has a prohibited character. */
export function saslprep(text: string): string | null {
  const prepared = text.replace(otherSpaces, ' ').replace(nothing, '').normalize('NFKC');
  return prohibited.some((pattern) => pattern.test(prepared)) ? null : prepared;
}
