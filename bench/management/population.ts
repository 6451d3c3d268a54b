// Very many addresses: each has a consumer without credit, some thousands of them on a connection.
import type { Target } from '../targets.ts';
import { SocketEndpoint } from './socket-endpoint.ts';

const linksPerConnection = 2_000;

/** Attaches consumers of `count` addresses of their own; resolves when all are attached. The connections are to be closed. */
export async function populate({ host, port }: Target, count: number): Promise<SocketEndpoint[]> {
  const endpoints: SocketEndpoint[] = [];
  for (let made = 0; made < count; ) {
    const endpoint = await SocketEndpoint.open(host, port, { open: { containerId: `population-${endpoints.length}` } });
    endpoints.push(endpoint);
    for (let links = 0; links < linksPerConnection && made < count; links++, made++)
      endpoint.receive(`population/region-${made % 17}/orders-${made}`, { credit: 0 });
    await endpoint.until(() => endpoint.receivers.every(({ attached }) => attached !== null));
  }
  return endpoints;
}
