// What the management agent may ask of its router.
import type { RouterPort } from './management.ts';
import { changeUnsaved } from './reload.ts';
import type { Router } from './router.ts';

export function agentPortOf(router: Router, version: string, startedAtMs: number): RouterPort {
  const { core, host } = router;
  return {
    core,
    version,
    startedAtMs,
    wallTimeMs: () => host.wallTimeMs(),
    configuration: () => router.configuration,
    change: (request, saves, answer) => {
      if (host.changeConfiguration === undefined) answer(changeUnsaved(router, request, saves));
      else host.changeConfiguration(request, saves, answer);
    },
    connections: () => router.connections,
    connectorStatus: (connector) =>
      router.dialerOf(connector)?.status ?? { status: 'CONNECTING', message: '', peer: '', urls: '' },
    log: host.logMemory,
    process: host.process ?? null,
    policy: router.policy,
    refusals: (address) => router.policy.refusals.ofAddress(address),
  };
}
