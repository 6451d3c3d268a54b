// Names that a router makes up: temporary addresses and the names of its own links. They end in a discriminator,
// 15 characters of 64, so 90 random bits. A reply address is a capability: who knows it can read or forge replies,
// so the bytes must come from a cryptographic source.
import { assert } from '../kit/assert.ts';
import type { Self } from './address-key.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+_';

/** How many random bytes {@link discriminator} uses up, and how many characters it makes of them. */
export const DISCRIMINATOR_LENGTH = 15;

/** One character a byte; 256 is a multiple of 64, so none is likelier than another. `random` is only read. */
export function discriminator(random: Uint8Array): string {
  assert(random.length >= DISCRIMINATOR_LENGTH, `a discriminator takes ${DISCRIMINATOR_LENGTH} random bytes`);
  let text = '';
  for (let i = 0; i < DISCRIMINATOR_LENGTH; i++) text += ALPHABET[random[i] & 63];
  return text;
}

/** The answer to an attach with a dynamic source: local to this router, reached from the others through it. */
export function dynamicSourceAddress(self: Self, disc: string): string {
  return self.isEdge
    ? `amqp:/_edge/${self.routerId}/temp.${disc}`
    : `amqp:/_topo/${self.area}/${self.routerId}/temp.${disc}`;
}

/** The answer to an attach with a dynamic target: a mobile address, because consumers may attach to it anywhere. */
export function dynamicTargetAddress(disc: string): string {
  return `amqp:/_$temp.${disc}`;
}

/** The name of a link that the router itself attaches. */
export function ownLinkName(disc: string): string {
  return `qdlink.${disc}`;
}
