// The router's configuration of a run.
import type { Random } from '../../kit/random.ts';
import {
  type Configuration,
  type ConnectorEntity,
  type ListenerEntity,
  makeAddress,
  makeConnector,
  makeListener,
  makeRouter,
} from '../../schema/configuration.ts';
import type { ChannelDistribution, Channels } from '../channel.ts';
import { isHeavy, type SizeStyle } from '../clients/sizes.ts';

export const routerId = 'R';
/** Where a container waits for the router to dial it. */
const containerPlace = { host: 'container', port: '5700' } as const;

export function drawConfiguration(random: Random, channels: Channels, sizes: SizeStyle): Configuration {
  const defaultDistribution = random.pick<ChannelDistribution>(['balanced', 'balanced', 'closest', 'multicast']);
  for (const distribution of ['closest', 'balanced', 'multicast'] as const)
    channels.add(`${distribution}/a`, distribution);
  channels.add('plain', defaultDistribution);
  channels.add('_local/here', 'balanced');
  channels.add('nowhere/x', 'unavailable');
  const rule = (prefix: string, distribution: ChannelDistribution, index: number) =>
    makeAddress({ prefix, distribution, priority: random.chance(0.3) ? random.below(10) : -1 }, index);
  return {
    router: makeRouter({
      id: routerId,
      defaultDistribution,
      stalledDeliverySeconds: random.pick([2, 5, 30]),
      drainSeconds: random.pick([0, 2, 5]),
    }),
    sslProfiles: [],
    listeners: [
      makeListener({ name: 'open', host: 'router', port: '5672', ...drawEndpoint(random, sizes) }),
      makeListener({
        name: 'closed',
        host: 'router',
        port: '5673',
        authenticatePeer: true,
        ...drawEndpoint(random, sizes),
      }),
    ],
    connectors: random.chance(0.4)
      ? [
          makeConnector({
            name: 'container',
            role: 'route-container',
            ...containerPlace,
            ...drawEndpoint(random, sizes),
          }),
        ]
      : [],
    addresses: [
      rule('closest', 'closest', 0),
      rule('balanced', 'balanced', 1),
      rule('multicast', 'multicast', 2),
      rule('nowhere', 'unavailable', 3),
    ],
    logs: [],
  };
}

function drawEndpoint(random: Random, sizes: SizeStyle): Partial<ListenerEntity & ConnectorEntity> {
  const isFlood = sizes === 'flood';
  return {
    maxFrameSize: random.pick(isHeavy(sizes) ? [4_096, 16_384, 65_536] : [512, 2_048, 16_384]),
    maxSessionFrames: random.pick(isFlood ? [0] : isHeavy(sizes) ? [0, 0, 20, 100] : [0, 0, 3, 50]),
    linkCapacity: isFlood ? 250 : random.pick([1, 4, 20, 250]),
    idleTimeoutSeconds: random.pick([0, 2, 8, 16]),
    initialHandshakeTimeoutSeconds: random.pick([0, 2]),
    stripAnnotations: random.pick(['both', 'both', 'in', 'out', 'no']),
    maxMessageSize: isFlood ? 0 : random.pick([0, 0, 0, 4_000, 200_000]),
  };
}
