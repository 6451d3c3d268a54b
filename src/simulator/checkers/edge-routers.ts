// When all is quiet each edge router is served by one interior router: where its downlink goes, and where it has a proxy for each
// address with a consumer at the edge, and for no other one.
import type { Site } from '../sites/site.ts';

/** What is wrong, for people. */
export function wrongEdges(sites: readonly Site[]): string[] {
  return sites.filter(({ isEdge, life }) => isEdge && life !== null).flatMap((edge) => wrongEdge(edge, sites));
}

function wrongEdge(edge: Site, sites: readonly Site[]): string[] {
  if (edge.trunks.length === 0) return [];
  const links = sites.filter(({ isEdge }) => !isEdge).flatMap(({ life }) => [...(life?.witness.links ?? [])]);
  const own = links.filter(
    ({ isLive, connection }) => isLive && connection.router.connection.remoteContainerId === edge.id,
  );
  const found: string[] = [];
  const homes = own.filter(({ downlinkTo }) => downlinkTo === edge.id).length;
  if (homes !== 1) found.push(`${edge.id} has ${homes} downlinks`);
  const is = own.flatMap(({ channel, isFromSender, kind }) =>
    kind === 'data' && !isFromSender && channel !== null ? [`M0${channel.name}`] : [],
  );
  const should = new Set(edge.consumedKeys.filter((key) => key.startsWith('M')));
  for (const key of should) if (!is.includes(key)) found.push(`${edge.id} has no proxy for ${key}`);
  for (const key of is) if (!should.has(key)) found.push(`${edge.id} has a proxy for ${key}, and no consumer`);
  return found;
}
