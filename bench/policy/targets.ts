// Two routers of one program: one without policy, one whose policy judges everything that the load does.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TargetName } from '../figures.ts';
import { buildFolder } from '../root.ts';
import { freePort, type StartedTarget, startRouter } from '../targets.ts';

/** Lists as people write them: the address of the bench is allowed by the last of them, and nothing else is given away. */
const others = Array.from({ length: 20 }, (_, index) => `team-${index}.*`);

const group = {
  users: 'anonymous',
  remoteHosts: '127.0.0.1, ::1',
  ...{ sources: [...others, 'bench/*'].join(', '), targets: [...others, 'bench/*'].join(', ') },
  ...{ maxSenders: 2000, maxReceivers: 2000, maxMessageSize: 1_000_000 },
};

const policy = [
  ['policy', { enableVhostPolicy: true }],
  ['vhost', { hostname: 'bench', groups: { load: group } }],
];

/** Both are started in the same way, by a file. */
async function startConfigured(
  guard: string,
  name: TargetName,
  listener: object,
  sections: unknown[],
): Promise<StartedTarget> {
  const port = await freePort();
  const own = ['listener', { host: '127.0.0.1', port, saslMechanisms: 'ANONYMOUS', ...listener }];
  mkdirSync(buildFolder, { recursive: true });
  const file = join(buildFolder, `policy-${name}.json`);
  writeFileSync(file, JSON.stringify([['router', { mode: 'standalone', id: name }], own, ...sections]));
  return { ...(await startRouter(guard, `node bin/weft.js router -c ${file}`, port)), name };
}

export async function startUnpoliced(guard: string): Promise<StartedTarget> {
  return await startConfigured(guard, 'weft', {}, []);
}

export async function startPoliced(guard: string): Promise<StartedTarget> {
  return await startConfigured(guard, 'policed', { policyVhost: 'bench' }, policy);
}
