// Whether a message claims to be of somebody else: its user-id (§3.2.4) is empty, or the user of the connection, or a claim.
// Most messages are told by their first bytes: nothing is decoded, sections are stepped over.
//
//   00 53 70 c0 … │ 00 53 72 c1 … │ 00 53 73 c0 size count │ message-id │ user-id …
import { DecodeError } from '../amqp/decode-error.ts';
import { FieldCursor } from '../amqp/field-cursor.ts';
import { SectionOffsets, scanSections } from '../amqp/sections.ts';

const propertiesCode = 0x73;
const sections = new SectionOffsets();
const cursor = new FieldCursor();

/** What a message says of its user. */
export const UserClaim = { None: 0, Own: 1, Other: 2, Malformed: 3 } as const;
export type UserClaim = (typeof UserClaim)[keyof typeof UserClaim];

/** `user`: the name of the connection's user, as UTF-8. hot */
export function userClaim(bytes: Uint8Array, start: number, end: number, user: Uint8Array): UserClaim {
  let at = start;
  // Section by section, as nearly everybody writes them; whatever is written otherwise is looked at with care.
  while (end - at >= 5 && bytes[at] === 0 && bytes[at + 1] === 0x53) {
    const code = bytes[at + 2] as number;
    if (code > propertiesCode) return code <= 0x78 ? UserClaim.None : UserClaim.Malformed;
    const format = bytes[at + 3] as number;
    if (code === propertiesCode) {
      if (format === 0x45) return UserClaim.None;
      if (format !== 0xc0) break;
      const count = bytes[at + 5] as number;
      if (count < 2) return UserClaim.None;
      // No message-id, or one in a string, a number, a UUID.
      const id = bytes[at + 6] as number;
      let field = at + 7;
      if (id === 0xa1 || id === 0xa0) field += 1 + (bytes[at + 7] as number);
      else if (id === 0x80) field += 8;
      else if (id === 0x98) field += 16;
      else if (id === 0x53) field += 1;
      else if (id !== 0x40 && id !== 0x44) break;
      if (field >= end) break;
      if (bytes[field] === 0x40) return UserClaim.None;
      const length = bytes[field + 1] as number;
      if (bytes[field] !== 0xa0 || field + 2 + length > end) break;
      return length === 0 ? UserClaim.None : claimIn(bytes, field + 2, length, user);
    }
    if (format === 0x45) at += 4;
    else if (format === 0xc0 || format === 0xc1) at += 5 + (bytes[at + 4] as number);
    else break;
  }
  return readClaim(bytes, start, end, user);
}

/** hot */
function claimIn(bytes: Uint8Array, from: number, length: number, user: Uint8Array): UserClaim {
  if (length !== user.length) return UserClaim.Other;
  for (let index = 0; index < length; index++) if (bytes[from + index] !== user[index]) return UserClaim.Other;
  return UserClaim.Own;
}

function readClaim(bytes: Uint8Array, start: number, end: number, user: Uint8Array): UserClaim {
  scanSections(bytes, start, end, propertiesCode, sections);
  if (sections.malformed || (!sections.complete && sections.scannedTo !== end)) return UserClaim.Malformed;
  const { propertiesStart, propertiesEnd } = sections;
  if (propertiesStart < 0) return UserClaim.None;
  try {
    cursor.open(bytes, propertiesStart, propertiesEnd, propertiesCode, 13);
    cursor.any(); // message-id
    const length = cursor.binary();
    if (!cursor.present || length === 0) return UserClaim.None;
    return claimIn(bytes, cursor.position - length, length, user);
  } catch (error) {
    if (error instanceof DecodeError) return UserClaim.Malformed;
    throw error;
  }
}
