// Which channel an address belongs to: the one of this very name, or the prefix that it lies under, as routers find it.
import { stripAddress } from '../../address/address-key.ts';
import { PatternTree } from '../../address/pattern-tree.ts';
import type { Channel, Use } from './mesh.ts';

/** What of a channel tells whether an address is its own. */
type Named = Pick<Channel, 'name' | 'isPrefix'>;

export class ChannelTable<C extends Named = Channel> {
  readonly #channels: ReadonlyMap<string, C>;
  readonly #prefixes = new PatternTree<C>();

  constructor(channels: ReadonlyMap<string, C>) {
    this.#channels = channels;
    for (const channel of channels.values()) {
      if (channel.isPrefix) this.#prefixes.insert(`${channel.name}/#`, channel);
    }
  }

  /** Null when the address belongs to none. */
  find(address: string): C | null {
    return this.#channels.get(address) ?? this.#prefixes.match(address);
  }
}

/** The address of a channel, or of what all its addresses begin with, as routers read it. */
export function addressOf({ name }: Pick<Channel, 'name'>): string {
  return stripAddress(name);
}

/** Whether what is published by one use reaches the other: they name the same address, or one of them all of a prefix. */
export function doMeet(publish: Use, subscribe: Use): boolean {
  const { channel } = publish;
  if (channel !== subscribe.channel) return false;
  return (
    publish.address === subscribe.address || publish.address === channel.name || subscribe.address === channel.name
  );
}
