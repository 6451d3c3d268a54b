// Serial numbers of RFC 1982, 32 bits wide, held as signed 32-bit integers: `| 0` after every step keeps them
// in V8's small-integer form, which a plain 0…2³²−1 number leaves at 2³¹.

/** How far `a` lies after `b`: negative when before. Only meaningful while they are less than 2³¹ apart. */
export function serialDistance(a: number, b: number): number {
  return (a - b) | 0;
}

/** The serial `steps` after `serial`. */
export function serialAdd(serial: number, steps: number): number {
  return (serial + steps) | 0;
}
