// The configurations of the routers of a run. They differ in their doors only: what an address means is the same everywhere.
import type { Random } from '../../kit/random.ts';
import {
  type AddressEntity,
  type Configuration,
  type ConnectorEntity,
  type ListenerEntity,
  makeAddress,
  makeConnector,
  makeListener,
  makePolicy,
  makeRouter,
} from '../../schema/configuration.ts';
import type { ChannelDistribution, Channels } from '../channel.ts';
import { isHeavy, type SizeStyle } from '../clients/sizes.ts';
import { isEdge, type Topology } from '../topology/topology.ts';

/** Where clients come in, where only those come in who can log in, and where other routers do. */
const openPort = '5672';
export const closedPort = '5673';
const trunkPort = '55672';
const edgePort = '45672';
/** Where a container waits for the router to dial it. */
const containerPlace = { host: 'container', port: '5700' } as const;

/** One for each router, whose id is the name of its host, too. Adds the channels that their addresses make. */
export function drawConfigurations(
  random: Random,
  channels: Channels,
  sizes: SizeStyle,
  topology: Topology,
): Configuration[] {
  const defaultDistribution = random.pick<ChannelDistribution>(['balanced', 'balanced', 'closest', 'multicast']);
  const addresses = drawAddresses(random, channels, defaultDistribution);
  const stalledDeliverySeconds = random.pick([2, 5, 30]);
  const drainSeconds = random.pick([0, 2, 5]);
  return topology.routers.map((id) => ({
    router: makeRouter({
      id,
      mode: topology.routers.length === 1 ? 'standalone' : isEdge(topology, id) ? 'edge' : 'interior',
      defaultDistribution,
      stalledDeliverySeconds,
      drainSeconds,
    }),
    sslProfiles: [],
    listeners: drawListeners(random, id, sizes, topology),
    connectors: drawConnectors(random, id, sizes, topology),
    addresses,
    logs: [],
    policy: makePolicy(),
    vhosts: [],
  }));
}

/** The same with every default, and one door each. */
export function plainConfigurations({ routers, links }: Topology): Configuration[] {
  return routers.map((id) => ({
    router: makeRouter({ id, mode: 'interior' }),
    listeners: [
      makeListener({ host: id, port: openPort }),
      makeListener({ role: 'inter-router', host: id, port: trunkPort }),
    ],
    connectors: links
      .filter(({ from }) => from === id)
      .map(({ to, cost }) => makeConnector({ name: to, role: 'inter-router', host: to, port: trunkPort, cost })),
    addresses: [],
    sslProfiles: [],
    logs: [],
    policy: makePolicy(),
    vhosts: [],
  }));
}

function drawAddresses(
  random: Random,
  channels: Channels,
  defaultDistribution: ChannelDistribution,
): readonly AddressEntity[] {
  for (const distribution of ['closest', 'balanced', 'multicast'] as const)
    channels.add(`${distribution}/a`, distribution);
  channels.add('plain', defaultDistribution);
  channels.add('_local/here', 'balanced');
  channels.add('nowhere/x', 'unavailable');
  const rule = (prefix: string, distribution: ChannelDistribution, index: number) =>
    makeAddress({ prefix, distribution, priority: random.chance(0.3) ? random.below(10) : -1 }, index);
  return [
    rule('closest', 'closest', 0),
    rule('balanced', 'balanced', 1),
    rule('multicast', 'multicast', 2),
    rule('nowhere', 'unavailable', 3),
  ];
}

function drawListeners(random: Random, host: string, sizes: SizeStyle, { links, uplinks }: Topology): ListenerEntity[] {
  const listeners = [
    makeListener({ name: 'open', host, port: openPort, ...drawEndpoint(random, sizes) }),
    makeListener({ name: 'closed', host, port: closedPort, authenticatePeer: true, ...drawEndpoint(random, sizes) }),
  ];
  if (links.some(({ to }) => to === host))
    listeners.push(
      makeListener({ name: 'trunk', role: 'inter-router', host, port: trunkPort, ...drawTrunk(random, sizes) }),
    );
  if (uplinks.some(({ to }) => to === host))
    listeners.push(makeListener({ name: 'edges', role: 'edge', host, port: edgePort, ...drawTrunk(random, sizes) }));
  return listeners;
}

function drawConnectors(random: Random, id: string, sizes: SizeStyle, topology: Topology): ConnectorEntity[] {
  const { routers, links, uplinks } = topology;
  const connect = (role: 'inter-router' | 'edge', port: string) =>
    (role === 'edge' ? uplinks : links)
      .filter(({ from }) => from === id)
      .map(({ to, cost }, index) =>
        makeConnector({ name: `${to} ${index}`, role, host: to, port, cost, ...drawTrunk(random, sizes) }),
      );
  const connectors = [...connect('inter-router', trunkPort), ...connect('edge', edgePort)];
  if (routers.length === 1 && random.chance(0.4))
    connectors.push(
      makeConnector({ name: 'container', role: 'route-container', ...containerPlace, ...drawEndpoint(random, sizes) }),
    );
  return connectors;
}

type EndpointHabits = Partial<ListenerEntity & ConnectorEntity>;

function drawEndpoint(random: Random, sizes: SizeStyle): EndpointHabits {
  const isFlood = sizes === 'flood';
  return {
    maxFrameSize: random.pick(isHeavy(sizes) ? [4_096, 16_384, 65_536] : [512, 2_048, 16_384]),
    maxSessionFrames: random.pick(isFlood ? [0] : isHeavy(sizes) ? [0, 0, 20, 100] : [0, 0, 3, 50]),
    linkCapacity: isFlood ? 500 : random.pick([1, 4, 20, 250]),
    idleTimeoutSeconds: random.pick([0, 2, 8, 16]),
    initialHandshakeTimeoutSeconds: random.pick([0, 2]),
    stripAnnotations: random.pick(['both', 'both', 'in', 'out', 'no']),
    maxMessageSize: isFlood ? 0 : random.pick([0, 0, 0, 4_000, 200_000]),
  };
}

/** Between routers. */
function drawTrunk(random: Random, sizes: SizeStyle): EndpointHabits {
  return {
    maxFrameSize: random.pick(isHeavy(sizes) ? [16_384, 65_536] : [2_048, 16_384, 65_536]),
    maxSessionFrames: random.pick([0, 0, isHeavy(sizes) ? 100 : 20]),
    linkCapacity: random.pick([10, 250, 250]),
  };
}
