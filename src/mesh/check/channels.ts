// Channels: whether anybody uses and owns them, whether two of them mean the same addresses, and what Dispatch makes of their names.
import { stripAddress } from '../../address/address-key.ts';
import { tokensOf } from '../../address/pattern-tree.ts';
import { placeText } from '../model/declarations.ts';
import type { MeshFaults } from '../model/faults.ts';
import type { Channel, Mesh } from '../model/mesh.ts';

export function checkChannels(mesh: Mesh, faults: MeshFaults): void {
  checkUse(mesh, faults);
  checkOverlaps(mesh.channels.values(), faults);
  for (const channel of mesh.channels.values()) checkReading(channel, faults);
}

function checkUse(mesh: Mesh, faults: MeshFaults): void {
  const used = { publish: new Set<Channel>(), subscribe: new Set<Channel>() };
  for (const { uses } of mesh.applications.values()) for (const { right, channel } of uses) used[right].add(channel);
  for (const channel of mesh.channels.values()) {
    const { name, owner, origin } = channel;
    if (owner === '') {
      const message = `nobody owns ${name}; an owner says who may use it; name a team as its owner`;
      faults.warning('no-owner', origin, message, 'key');
    }
    if (!used.publish.has(channel)) {
      const message = `no application publishes to ${name}; a channel has publishers and consumers; let one publish to it, or remove it`;
      faults.warning('no-publisher', origin, message, 'key');
    }
    if (!used.subscribe.has(channel)) {
      const message = `no application subscribes to ${name}: nobody would get its messages; let one subscribe to it, or remove it`;
      faults.warning('no-consumer', origin, message, 'key');
    }
  }
}

interface Word {
  readonly next: Map<string, Word>;
  channel: Channel | null;
}

/** Two channels overlap when there is an address that belongs to both: routers would have to choose, and policies to allow both. */
function checkOverlaps(channels: Iterable<Channel>, faults: MeshFaults): void {
  const root: Word = { next: new Map(), channel: null };
  const ends: { readonly channel: Channel; readonly end: Word }[] = [];
  for (const channel of channels) {
    let word = root;
    for (const token of tokensOf(stripAddress(channel.name))) {
      let next = word.next.get(token);
      if (next === undefined) word.next.set(token, (next = { next: new Map(), channel: null }));
      word = next;
    }
    if (word.channel === null) word.channel = channel;
    else tellOverlap(channel, word.channel, faults);
    ends.push({ channel, end: word });
  }
  for (const { channel, end } of ends) {
    if (channel.isPrefix && end.channel === channel) tellBelow(end, channel, faults);
  }
}

/** Everything below a prefix belongs to it already. */
function tellBelow(word: Word, prefix: Channel, faults: MeshFaults): void {
  for (const next of word.next.values()) {
    if (next.channel !== null) tellOverlap(next.channel, prefix, faults);
    // What lies below a further prefix is told there.
    if (next.channel?.isPrefix !== true) tellBelow(next, prefix, faults);
  }
}

function tellOverlap(channel: Channel, other: Channel, faults: MeshFaults): void {
  const what = other.isPrefix ? `lies within the prefix ${other.name}` : `means the same addresses as ${other.name}`;
  const message = `${channel.name} ${what} (${placeText(other.origin)}); no address belongs to two channels, and . and / are the same; rename one, or make the prefix longer`;
  faults.fault('overlap', channel.origin, message, 'key');
}

/** What Dispatch, and Weft with it, makes of such an address when an application attaches to it. */
function checkReading({ name, origin }: Channel, faults: MeshFaults): void {
  const read = stripAddress(name);
  const remedy = 'rename the channel';
  if (read !== name) {
    const message = `routers read '${name}' as '${read}': schemes, hosts, leading slashes and a last . or / are no part of a channel; ${remedy}`;
    faults.warning('read-differently', origin, message, 'key');
  } else if (/^_(?:local|topo|edge)\//.test(name)) {
    const message = `routers read '${name}' as an address of one router: _local, _topo and _edge are theirs; ${remedy}`;
    faults.warning('read-differently', origin, message, 'key');
  } else if (/^(?:_\$|\$)/.test(name)) {
    const message = `routers keep names like '${name}' for themselves: what begins with $ or _$ is theirs; ${remedy}`;
    faults.warning('read-differently', origin, message, 'key');
  } else if (name.split(/[./]/).some((word) => word === '')) {
    const message = `'${name}' has an empty word: two separators in a row are easily one in the code of somebody; words stand between single . or /; ${remedy}`;
    faults.warning('read-differently', origin, message, 'key');
  }
}
