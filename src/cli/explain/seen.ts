// What else stands out in a walk, whether it is the cause or not.
import { describeConnector } from '../../management/client/explain/causes/network.ts';
import type { Walk } from '../../management/client/explain/walk.ts';

const answers = { silent: 'does not answer', unreachable: 'cannot be reached', refused: 'refuses to tell' } as const;

export function seenIn({ answered, unanswered, isCut }: Walk): string[] {
  const all = answered.map(({ facts }) => facts);
  const tables = all.filter(({ source }) => source === 'tables').map(({ router }) => router);
  return [
    ...unanswered.map(
      ({ router, kind, seenFrom }) => `${router}: ${answers[kind]}${seenFrom === '' ? '' : ` (known to ${seenFrom})`}`,
    ),
    ...all.flatMap(({ router, downConnectors }) =>
      downConnectors.map((connector) => `${router}: ${connector.role} ${describeConnector(connector)}`),
    ),
    ...all.flatMap(({ router, silentPeers }) =>
      silentPeers.map((peer) => `${router}: ${peer} is connected and says nothing`),
    ),
    ...all.filter(({ isDraining }) => isDraining).map(({ router }) => `${router}: is shutting down`),
    ...(tables.length > 0 ? [`${tables.join(', ')}: Dispatch, read from its tables`] : []),
    ...(isCut ? [`there are more routers than the ${answered.length + unanswered.length} that were asked`] : []),
  ];
}
