// Which channel an address belongs to: the one of this very name, or the prefix that it lies under, as routers find it.
import { PatternTree } from '../../address/pattern-tree.ts';
import type { Channel, Use } from './mesh.ts';

export class ChannelTable {
  readonly #channels: ReadonlyMap<string, Channel>;
  readonly #prefixes = new PatternTree<Channel>();

  constructor(channels: ReadonlyMap<string, Channel>) {
    this.#channels = channels;
    for (const channel of channels.values()) {
      if (channel.isPrefix) this.#prefixes.insert(`${channel.name}/#`, channel);
    }
  }

  /** Null when the address belongs to none. */
  find(address: string): Channel | null {
    return this.#channels.get(address) ?? this.#prefixes.match(address);
  }
}

/** Whether what is published by one use reaches the other: they name the same address, or one of them all of a prefix. */
export function doMeet(publish: Use, subscribe: Use): boolean {
  const { channel } = publish;
  if (channel !== subscribe.channel) return false;
  return (
    publish.address === subscribe.address || publish.address === channel.name || subscribe.address === channel.name
  );
}
