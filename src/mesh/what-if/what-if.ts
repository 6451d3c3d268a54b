// What the loss of routers, links or environments does to applications: every pair of a publisher and a consumer that is allowed, before
// and after.
import type { Application, Mesh } from '../model/mesh.ts';
import { Journeys, type Lost } from '../topology/journeys.ts';
import { routerLinksOf } from '../topology/router-links.ts';
import type { Way } from '../topology/ways.ts';
import { lossesOf } from './losses.ts';
import { pairsOf } from './pairs.ts';

/** Messages of one application to another. */
export interface PairChange {
  readonly channel: string;
  readonly from: string;
  readonly to: string;
  /** Null when there was none, so that nothing could change: such pairs are not told. */
  readonly before: Way;
  /** Null when they lose each other. */
  readonly after: Way | null;
  /** Why they lose each other; '' otherwise. */
  readonly because: string;
}

export interface ApplicationChange {
  readonly application: string;
  /** Ids of the routers it is connected to; the second is null when it has none left. */
  readonly before: string;
  readonly after: string | null;
}

export interface WhatIf {
  /** As they were named. */
  readonly lost: readonly string[];
  /** Pairs of applications that reach each other before. */
  readonly pairs: number;
  /** Pairs that take another way. */
  readonly changed: readonly PairChange[];
  /** Pairs that lose each other. */
  readonly cut: readonly PairChange[];
  /** Applications that connect to another router, or to none. */
  readonly moved: readonly ApplicationChange[];
}

/** Throws UnknownLoss when the mesh has none of a name. */
export function whatIf(mesh: Mesh, names: readonly string[]): WhatIf {
  const links = routerLinksOf(mesh);
  const lost = lossesOf(mesh, links, names);
  const before = new Journeys(mesh, undefined, links);
  const after = new Journeys(mesh, lost, links);
  const changed: PairChange[] = [];
  const cut: PairChange[] = [];
  let pairs = 0;
  for (const { channel, from, to } of pairsOf(mesh)) {
    const was = before.wayBetween(from, to);
    if (was === null) continue;
    pairs += 1;
    const now = after.wayBetween(from, to);
    const pair = { channel: channel.name, from: from.name, to: to.name, before: was, after: now };
    if (now === null) cut.push({ ...pair, because: whyCut(after, from, to) });
    else if (now.cost !== was.cost || now.hops.join() !== was.hops.join()) changed.push({ ...pair, because: '' });
  }
  return { lost: names, pairs, changed, cut, moved: movedOf(mesh, before, after, lost) };
}

function whyCut(after: Journeys, from: Application, to: Application): string {
  for (const application of [from, to]) {
    const endpoint = after.endpointOf(application);
    if (endpoint === null) return `${application.name} has no router left in ${application.environment}`;
    if (after.interiorOf(endpoint) === null) return `${endpoint.id}, where ${application.name} is, has no uplink left`;
  }
  return `no way is left between ${after.endpointOf(from)?.id} and ${after.endpointOf(to)?.id}`;
}

function movedOf(mesh: Mesh, before: Journeys, after: Journeys, { routers }: Lost): ApplicationChange[] {
  if (routers.size === 0) return [];
  return [...mesh.applications.values()].flatMap((application) => {
    const was = before.endpointOf(application)?.id;
    const now = after.endpointOf(application)?.id ?? null;
    return was === undefined || was === now ? [] : [{ application: application.name, before: was, after: now }];
  });
}
