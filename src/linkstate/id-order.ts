// Router ids in the order that every router of a network breaks its ties by: Unicode code points.
//
// JavaScript compares UTF-16 code units. That is the same order but in one place: a surrogate pair stands for a code point
// above U+FFFF, yet its units (D800…DFFF) lie below E000…FFFF. Moving both ranges past each other makes up for it.

/** Negative when `a` comes before `b`, 0 when they are the same, positive when it comes after. */
export function compareIds(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return inCodePointOrder(left) - inCodePointOrder(right);
  }
  return a.length - b.length;
}

function inCodePointOrder(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
