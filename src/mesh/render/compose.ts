// Every router as a container of one machine, by Docker Compose: to try the whole mesh out.
//
// Routers dial each other by their ids, which are the names of their services in the one network.
import type { Mesh } from '../model/mesh.ts';
import { localPlacement } from './placement.ts';
import type { RenderedRouter, RenderOptions } from './rendering.ts';
import { documentOf } from './write-document.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: Compose puts the value in
const composeUser = '${WEFT_USER:-1000:1000}';

export function composeFiles(
  mesh: Mesh,
  routers: readonly RenderedRouter[],
  options: RenderOptions,
): [string, string][] {
  const services = Object.fromEntries(
    routers.map((rendered) => [rendered.router.id, serviceOf(mesh, rendered, options)]),
  );
  const document = { name: mesh.name, services, networks: { mesh: {} } };
  const head = `# Written by weft mesh render from mesh ${mesh.name}.\n`;
  const files: [string, string][] = routers.map(({ file, text }) => [`routers/${file}`, text]);
  files.push(['compose.yaml', head + documentOf(document)]);
  if (isBuiltHere(options)) files.push(['Dockerfile', dockerfileOf(options)]);
  return files;
}

function serviceOf(mesh: Mesh, { router, file }: RenderedRouter, options: RenderOptions): object {
  const { engine, image } = options;
  const ports = mesh.environments.get(router.environment)?.ports;
  const published = localPlacement(mesh).ports(router);
  const path = `/etc/weft/${file}`;
  const takesApplications = router.mode === 'edge' || mesh.environments.get(router.environment)?.directApplications;
  return {
    image,
    ...(isBuiltHere(options) ? { build: '.', pull_policy: 'never' } : {}),
    command: engine === 'weft' ? ['router', '-c', path] : ['qdrouterd', '-c', path],
    // Who may read the keys in pki/.
    user: composeUser,
    restart: 'unless-stopped',
    stop_grace_period: '30s',
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    volumes: [
      `./routers/${file}:${path}:ro`,
      './pki/ca.pem:/etc/weft/pki/ca.pem:ro',
      `./pki/routers/${router.id}:/etc/weft/pki/routers/${router.id}:ro`,
    ],
    networks: ['mesh'],
    ports: [
      ...(takesApplications ? [`127.0.0.1:${published.applications}:${ports?.applications}`] : []),
      `127.0.0.1:${published.health}:${ports?.health}`,
    ],
    labels: { 'weft.environment': router.environment, 'weft.mode': router.mode },
  };
}

/** Whether the image is that of the Dockerfile. */
export function isBuiltHere({ engine, image, version }: RenderOptions): boolean {
  return engine === 'weft' && image === builtImage(version);
}

/** The name of the image that the Dockerfile makes. */
export function builtImage(version: string): string {
  return `weft:${version}`;
}

/** An image of this very version. */
export function dockerfileOf({ version }: Pick<RenderOptions, 'version'>): string {
  return [
    'FROM node:22-slim',
    `RUN npm install --global weftmesh@${version} && npm cache clean --force`,
    'USER node',
    'ENTRYPOINT ["weft"]',
    '',
  ].join('\n');
}
