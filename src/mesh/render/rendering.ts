// A mesh → the files that its routers need, for one way to run them. Pure: the same mesh gives the same bytes.
//
//   local        routers/ID.yaml                             everything on loopback
//   systemd      ENVIRONMENT/ID/etc/weft/ID.yaml, weft-ID.service   for the machine of each router
//   compose      compose.yaml, routers/ID.yaml               every router a container of one machine
//   kubernetes   ENVIRONMENT.yaml                            for the cluster of each environment
import type { Mesh, MeshRouter } from '../model/mesh.ts';
import { CannotRender } from './cannot-render.ts';
import { composeFiles } from './compose.ts';
import { kubernetesFiles } from './kubernetes.ts';
import {
  clusterPlacement,
  composePlacement,
  localPlacement,
  localRoutersMax,
  type Placement,
  remotePlacement,
} from './placement.ts';
import { readmeOf } from './readme.ts';
import { RouterSections } from './router-sections.ts';
import type { Section } from './sections.ts';
import { systemdFiles } from './systemd.ts';
import { confOf } from './write-conf.ts';
import { yamlOf } from './write-yaml.ts';

export const targets = ['local', 'systemd', 'compose', 'kubernetes'] as const;
export const engines = ['weft', 'qdrouterd'] as const;
export type Target = (typeof targets)[number];
export type Engine = (typeof engines)[number];

export interface RenderOptions {
  readonly target: Target;
  readonly engine: Engine;
  /** The container image, for compose and kubernetes. */
  readonly image: string;
  /** Of Weft; the image is made of it. */
  readonly version: string;
  /** Of a text: any short one that changes with it. A file that changes makes its pod start anew. */
  hash(text: string): string;
}

/** A router with its configuration as text. */
export interface RenderedRouter {
  readonly router: MeshRouter;
  readonly file: string;
  /** {@link own} and {@link addresses}. */
  readonly text: string;
  readonly own: string;
  /** The one text for all interior routers: what is made of it is made once. */
  readonly addresses: string;
}

/** Contents by path, relative to the folder, in the order of the paths. Throws {@link CannotRender}. */
export function render(mesh: Mesh, options: RenderOptions): Map<string, string> {
  const { target } = options;
  if (target === 'local' && mesh.routers.size > localRoutersMax) {
    throw new CannotRender(`the mesh has ${mesh.routers.size} routers; one machine has ports for ${localRoutersMax}`);
  }
  const routers = configurationsOf(mesh, placementOf(mesh, target), options.engine);
  const files: [string, string][] = [['README.md', readmeOf(mesh, options)]];
  if (target === 'local') for (const { file, text } of routers) files.push([`routers/${file}`, text]);
  else if (target === 'systemd') files.push(...systemdFiles(routers, options));
  else if (target === 'compose') files.push(...composeFiles(mesh, routers, options));
  else files.push(...kubernetesFiles(mesh, routers, options));
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** In the order of the mesh. */
export function configurationsOf(mesh: Mesh, placement: Placement, engine: Engine): RenderedRouter[] {
  const sections = new RouterSections(mesh, placement);
  const write = engine === 'weft' ? yamlOf : confOf;
  const head = `# Written by weft mesh render from mesh ${mesh.name}. Change the mesh, not this file: it is written anew.\n`;
  // All interior routers have the same addresses: in a large mesh that is nearly all of their text.
  let interior: string | null = null;
  return [...mesh.routers.values()].map((router) => {
    const addresses = (): string => write(sections.addresses(router));
    const shared = router.mode === 'interior' ? (interior ??= addresses()) : addresses();
    const ownSections = sections.of(router);
    if (engine === 'qdrouterd') refuseAddressesDialled(router, ownSections);
    const file = `${router.id}.${engine === 'weft' ? 'yaml' : 'conf'}`;
    const own = head + write(ownSections);
    return { router, file, text: own + shared, own, addresses: shared };
  });
}

/** Qpid Proton compares the host that it dials with the names in a certificate, never with the addresses: no connection would come up. */
function refuseAddressesDialled({ id }: MeshRouter, sections: readonly Section[]): void {
  for (const { name, attributes } of sections) {
    const host = String(attributes['host']);
    if (name !== 'connector' || !isAddress(host)) continue;
    throw new CannotRender(
      `${id} dials ${attributes['name']} at ${host}, and qdrouterd verifies the certificates of names only: give ${attributes['name']} a DNS name as host`,
    );
  }
}

/** Of what the schema takes for a host: a name's last word is no number, and has no colon. */
const isAddress = (host: string): boolean => /(?:^|\.)\d+$|:/.test(host);

export function placementOf(mesh: Mesh, target: Target): Placement {
  if (target === 'local') return localPlacement(mesh);
  if (target === 'compose') return composePlacement(mesh);
  return target === 'kubernetes' ? clusterPlacement(mesh) : remotePlacement(mesh);
}
