// The router of the soak: the defaults, and addresses of every distribution.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildFolder } from '../root.ts';

/** Writes the configuration and returns the command line that starts a router with it. */
export function routerCommand(port: number): string {
  const distributions = ['balanced', 'closest', 'multicast'];
  const addresses = distributions.map((one) => `address {\n    prefix: soak/${one}\n    distribution: ${one}\n}\n`);
  const file = join(buildFolder, 'soak.conf');
  writeFileSync(
    file,
    `router {\n    mode: standalone\n    id: soak\n}\nlistener {\n    host: 127.0.0.1\n    port: ${port}\n    ` +
      `saslMechanisms: ANONYMOUS\n    authenticatePeer: no\n}\n${addresses.join('')}`,
  );
  return `node bin/weft.js router -c ${file}`;
}
