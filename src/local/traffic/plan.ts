// Which sample applications a mesh gets, what each of them does, and how fast.
//
//   channel telemetry (prefix)    published at telemetry.belt-1, telemetry.belt-2
//   subscribes: [telemetry]   ──▶ a receiver at each of them: an address of AMQP stands for itself, not for what lies below
import type { Application, Channel, Distribution, Mesh, Right, SampleTraffic, Use } from '../../mesh/model/mesh.ts';
import type { Credentials } from '../mesh-certificates.ts';
import type { Endpoint, RunningMesh } from '../running-mesh.ts';
import { trafficLimits } from './limits.ts';

/** Where applications connect, and as whom. */
export type Places = Pick<RunningMesh, 'endpointsOf' | 'credentialsOf'>;

/** What a sample application does with one channel. */
export interface SampleUse {
  /** Unique in the mesh. */
  readonly key: string;
  readonly application: string;
  readonly environment: string;
  readonly channel: string;
  readonly distribution: Distribution;
  readonly right: Right;
  readonly addresses: readonly string[];
  readonly hasReplies: boolean;
  readonly traffic: SampleTraffic;
}

export interface SampleApplicationPlan {
  readonly name: string;
  readonly endpoints: readonly Endpoint[];
  readonly credentials: Credentials;
  readonly uses: readonly SampleUse[];
}

export type PlannedChannel = Pick<Channel, 'name' | 'distribution'>;

export interface TrafficPlan {
  readonly applications: readonly SampleApplicationPlan[];
  /** Those that they use, in the order of the mesh. */
  readonly channels: readonly PlannedChannel[];
  /** Applications of the mesh that use a channel, and are not imitated because there are too many. */
  readonly leftOut: number;
  /** Of the rate that each should send at; 1 where that is not too much. */
  readonly rateShare: number;
}

export function planTraffic(mesh: Mesh, places: Places): TrafficPlan {
  const users = [...mesh.applications.values()].filter(({ uses }) => uses.length > 0);
  const chosen = chooseApplications(users);
  const addresses = addressesOf(chosen);
  const uses = chosen.flatMap((application) => application.uses.map((use) => sampleUse(application, use, addresses)));
  const rateShare = Math.min(1, trafficLimits.deliveriesPerSecondMax / Math.max(1, deliveriesPerSecond(uses)));
  const paced = uses.map((use) => ({
    ...use,
    traffic: { ...use.traffic, ratePerSecond: use.traffic.ratePerSecond * rateShare },
  }));
  const applications = chosen.map(({ name }) => ({
    name,
    endpoints: places.endpointsOf(name),
    credentials: places.credentialsOf(name),
    uses: paced.filter(({ application }) => application === name),
  }));
  const used = new Set(paced.map(({ channel }) => channel));
  const channels = [...mesh.channels.values()].filter(({ name }) => used.has(name));
  return { applications, channels, leftOut: users.length - chosen.length, rateShare };
}

/** In the order of the mesh. Of too many, the first publisher and consumer of every channel, then the second ones, … */
function chooseApplications(users: readonly Application[]): Application[] {
  const { applicationsMax } = trafficLimits;
  if (users.length <= applicationsMax) return [...users];
  const lists = [...byChannel(users).values()];
  const chosen = new Set<Application>();
  for (let rank = 0; chosen.size < applicationsMax; rank++) {
    for (const { publish, subscribe } of lists)
      for (const one of [publish[rank], subscribe[rank]])
        if (one !== undefined && chosen.size < applicationsMax) chosen.add(one);
  }
  return users.filter((one) => chosen.has(one));
}

function byChannel(users: readonly Application[]): Map<Channel, Record<Right, Application[]>> {
  const lists = new Map<Channel, Record<Right, Application[]>>();
  for (const application of users) {
    for (const { channel, right } of application.uses) {
      const list = lists.get(channel) ?? { publish: [], subscribe: [] };
      list[right].push(application);
      lists.set(channel, list);
    }
  }
  return lists;
}

/** Of each channel those that are written out; the channel's name where none is. */
function addressesOf(applications: readonly Application[]): Map<Channel, string[]> {
  const written = new Map<Channel, Set<string>>();
  for (const { address, channel } of applications.flatMap(({ uses }) => uses)) {
    const addresses = written.get(channel) ?? new Set();
    if (address !== channel.name) addresses.add(address);
    written.set(channel, addresses);
  }
  return new Map(
    [...written].map(([channel, addresses]) => [channel, addresses.size === 0 ? [channel.name] : [...addresses]]),
  );
}

function sampleUse(
  { name, environment, traffic }: Application,
  { right, address, channel }: Use,
  addresses: ReadonlyMap<Channel, readonly string[]>,
): SampleUse {
  const all = address === channel.name ? (addresses.get(channel) ?? [address]) : [address];
  return {
    key: `${name} ${right} ${address}`,
    application: name,
    environment,
    channel: channel.name,
    distribution: channel.distribution,
    right,
    addresses: all.slice(0, trafficLimits.addressesMax),
    hasReplies: channel.hasReplies,
    traffic,
  };
}

function deliveriesPerSecond(uses: readonly SampleUse[]): number {
  const consumers = new Map<string, number>();
  for (const { right, addresses } of uses)
    if (right === 'subscribe')
      for (const address of addresses) consumers.set(address, (consumers.get(address) ?? 0) + 1);
  let sum = 0;
  for (const { right, addresses, distribution, traffic } of uses) {
    if (right !== 'publish') continue;
    for (const address of addresses)
      sum += traffic.ratePerSecond * (distribution === 'multicast' ? (consumers.get(address) ?? 0) : 1);
  }
  return sum;
}
