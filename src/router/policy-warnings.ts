// What of a policy has no effect as the rest of the configuration stands, or leaves a way around it.
import type { Configuration } from '../schema/configuration.ts';

export function policyWarnings({ policy, vhosts, listeners, connectors }: Configuration): string[] {
  if (!policy.enableVhostPolicy) {
    const named = [...listeners, ...connectors].filter(({ policyVhost }) => policyVhost !== '');
    const what = [
      ...vhosts.map(({ hostname }) => `vhost ${hostname}`),
      ...named.map(({ name }) => `policyVhost of ${name}`),
    ];
    return what.length === 0 ? [] : [`without enableVhostPolicy these have no effect: ${what.join(', ')}`];
  }
  const open = listeners.filter(({ role, authenticatePeer }) => role === 'inter-router' && !authenticatePeer);
  return open.map(
    ({ name }) =>
      `${name} lets every peer join the mesh as a router, whom no vhost policy bounds: set authenticatePeer, and saslMechanisms EXTERNAL with an sslProfile whose caCertFile is the mesh's own`,
  );
}
