// Two routers of one program: one without policy, one whose policy judges everything that the load does.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildFolder } from '../root.ts';
import { defaultRouterCommand, freePort, type StartedTarget, startRouter } from '../targets.ts';

/** Lists as people write them: the address of the bench is allowed by the last of them, and nothing else is given away. */
const others = Array.from({ length: 20 }, (_, index) => `team-${index}.*`);

const group = {
  users: 'anonymous',
  remoteHosts: '127.0.0.1, ::1',
  ...{ sources: [...others, 'bench/*'].join(', '), targets: [...others, 'bench/*'].join(', ') },
  ...{ maxSenders: 2000, maxReceivers: 2000, maxMessageSize: 1_000_000 },
};

export async function startUnpoliced(guard: string): Promise<StartedTarget> {
  return await startRouter(guard, defaultRouterCommand);
}

export async function startPoliced(guard: string): Promise<StartedTarget> {
  const port = await freePort();
  const sections = [
    ['router', { mode: 'standalone', id: 'policed' }],
    ['listener', { host: '127.0.0.1', port, saslMechanisms: 'ANONYMOUS', policyVhost: 'bench' }],
    ['policy', { enableVhostPolicy: true }],
    ['vhost', { hostname: 'bench', groups: { load: group } }],
  ];
  mkdirSync(buildFolder, { recursive: true });
  const file = join(buildFolder, 'policed.json');
  writeFileSync(file, JSON.stringify(sections));
  const target = await startRouter(guard, `node bin/weft.js router -c ${file}`, port);
  return { ...target, name: 'policed' };
}
