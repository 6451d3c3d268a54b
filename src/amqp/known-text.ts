// Short ASCII text that comes again and again: keys of maps, symbols, ids of routers. Each is made into a string once, and found again by
// its bytes: a string that is made anew costs more than the search, has to be hashed anew where it is a key, and takes memory of its own
// wherever it is kept. Of several texts with one place the last one holds it.

const places = 16_384;
const known: string[] = new Array(places).fill('');

/** The text in [start, end); null when it is not ASCII. */
export function knownText(bytes: Uint8Array, start: number, end: number): string | null {
  const length = end - start;
  let hash = length;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte > 0x7f) return null;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  const place = (hash ^ (hash >>> 15)) & (places - 1);
  const text = known[place];
  if (text.length === length && isSame(text, bytes, start)) return text;
  return (known[place] = String.fromCharCode(...bytes.subarray(start, end)));
}

function isSame(text: string, bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) !== bytes[start + at]) return false;
  return true;
}
