// Who sends to whom in a mesh.
import { doMeet } from '../model/channel-table.ts';
import type { Application, Channel, Mesh, Use } from '../model/mesh.ts';
import { Rights } from '../model/rights.ts';

export interface Pair {
  readonly channel: Channel;
  readonly from: Application;
  readonly to: Application;
}

/** Every publisher with every consumer of a channel, as far as both are allowed. */
export function* pairsOf(mesh: Mesh): Generator<Pair> {
  const rights = new Rights(mesh);
  const users = new Map<Channel, { application: Application; use: Use }[]>();
  for (const application of mesh.applications.values()) {
    for (const use of application.uses) {
      if (rights.permission(application, use.channel, use.right) === null) continue;
      const list = users.get(use.channel);
      if (list === undefined) users.set(use.channel, [{ application, use }]);
      else list.push({ application, use });
    }
  }
  for (const channel of mesh.channels.values()) {
    const all = users.get(channel) ?? [];
    const seen = new Set<string>();
    for (const publisher of all) {
      if (publisher.use.right !== 'publish') continue;
      for (const consumer of all) {
        if (consumer.use.right !== 'subscribe' || !doMeet(publisher.use, consumer.use)) continue;
        const key = `${publisher.application.name} ${consumer.application.name}`;
        if (!seen.has(key)) yield { channel, from: publisher.application, to: consumer.application };
        seen.add(key);
      }
    }
  }
}
