// The README of a rendering: what is here, what it needs, how to start it.
import type { Mesh } from '../model/mesh.ts';
import { isBuiltHere } from './compose.ts';
import { hostNamesOf } from './placement.ts';
import type { RenderOptions } from './rendering.ts';

/** Beyond so many routers the certificates are not listed one by one. */
const listedMax = 50;

export function readmeOf(mesh: Mesh, options: RenderOptions): string {
  const { target } = options;
  return [
    `# Mesh ${mesh.name}, for ${target}`,
    '',
    'Written by `weft mesh render`. Change the mesh and render again; changes made here are lost or, where a file is not known, refused.',
    '',
    '## Certificates',
    '',
    `Routers and applications know each other by certificate. ${whereOf(options)}`,
    '',
    '```sh',
    `weft pki init ${mesh.name}`,
    ...certificateLines(mesh),
    '```',
    '',
    '## Start',
    '',
    ...startLines(options),
    '',
  ].join('\n');
}

function certificateLines(mesh: Mesh): string[] {
  const routers = [...mesh.routers.values()].map((router) => {
    const hosts = hostNamesOf(router).map((host) => ` --host ${host}`);
    return `weft pki issue router ${router.id}${hosts.join('')}`;
  });
  const applications = [...new Set([...mesh.applications.keys(), ...mesh.operators])].map(
    (name) => `weft pki issue app ${name}`,
  );
  const all = [...routers, ...applications];
  return all.length <= listedMax ? all : [...all.slice(0, 2), `# … and so on, ${all.length} in all`];
}

function whereOf({ target }: RenderOptions): string {
  switch (target) {
    case 'local':
      return 'Their files are expected in `pki/`, beside this one:';
    case 'compose':
      return 'Their files are expected in `pki/`, beside this one, and are mounted into each container:';
    case 'systemd':
      return 'On the machine of router ID, readable by user weft only: `/etc/weft/pki/ca.pem`, `/etc/weft/pki/routers/ID/cert.pem` and `key.pem`:';
    default:
      return 'Each router has a secret `weft-ID` with `ca.pem`, `cert.pem` and `key.pem`: `kubectl create secret generic weft-ID --from-file=pki/ca.pem --from-file=pki/routers/ID/cert.pem --from-file=pki/routers/ID/key.pem`. To make them:';
  }
}

function startLines(options: RenderOptions): string[] {
  const { target, engine, image } = options;
  const run = engine === 'weft' ? 'weft router -c routers/ID.yaml' : 'qdrouterd -c routers/ID.conf';
  switch (target) {
    case 'local':
      return [`In this folder, for each router, in any order: \`${run}\`. All of them are on 127.0.0.1.`];
    case 'compose':
      return [
        isBuiltHere(options) ? '`docker compose build`, then `docker compose up -d`.' : '`docker compose up -d`.',
        'Containers run as user 1000, who has to be able to read `pki/`; another one: `WEFT_USER=$(id -u):$(id -g) docker compose up -d`.',
        'Applications reach edge routers and interior routers by the ports that compose.yaml publishes on 127.0.0.1.',
      ];
    case 'systemd':
      return [
        'Copy `ENVIRONMENT/ID/` over the root of the machine of router ID; it needs a system user `weft`. Then:',
        '`systemctl daemon-reload && systemctl enable --now weft-ID`. After a change: `systemctl reload weft-ID`, and where the log says so, restart.',
      ];
    default:
      return [
        ...(isBuiltHere(options)
          ? [
              `Build the image with the Dockerfile, as \`${image}\`, and push it to where the clusters get it; or name another one with --image.`,
            ]
          : []),
        'In the cluster of each environment: `kubectl apply -f ENVIRONMENT.yaml`. A pod is replaced when its configuration changes; apply one environment at a time.',
      ];
  }
}
