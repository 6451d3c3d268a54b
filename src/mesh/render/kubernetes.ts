// The manifests of each environment's cluster, one file each: what all routers share first, then router by router.
import type { Environment, Mesh } from '../model/mesh.ts';
import { routerLinksOf } from '../topology/router-links.ts';
import { CannotRender } from './cannot-render.ts';
import { dockerfileOf, isBuiltHere } from './compose.ts';
import { disruptionBudgetOf, labelsOf, namespaceOf, serviceOf, statefulSetOf } from './kubernetes-objects.ts';
import type { RenderedRouter, RenderOptions } from './rendering.ts';
import { documentOf } from './write-document.ts';

/** Characters of a StatefulSet's name: Kubernetes adds eleven to it in a label of 63. */
const statefulSetNameMax = 52;
/** Bytes of a ConfigMap; some of it is for its metadata. */
const configMapMax = 1024 * 1024 - 4096;

export function kubernetesFiles(
  mesh: Mesh,
  routers: readonly RenderedRouter[],
  options: RenderOptions,
): [string, string][] {
  const outside = dialledFromOutside(mesh);
  const texts = new AddressTexts(options);
  const byEnvironment = new Map<string, RenderedRouter[]>([...mesh.environments.keys()].map((name) => [name, []]));
  for (const rendered of routers) byEnvironment.get(rendered.router.environment)?.push(rendered);
  const files: [string, string][] = [...mesh.environments.values()].map((environment) => {
    const own = byEnvironment.get(environment.name) ?? [];
    const documents = [
      ...sharedDocuments(mesh, environment, own),
      ...own.flatMap((one) => documentsOf(mesh, one, outside, options, texts)),
    ];
    return [
      `${environment.name}.yaml`,
      `# Written by weft mesh render from mesh ${mesh.name}.\n${documents.join('---\n')}`,
    ];
  });
  if (isBuiltHere(options)) files.push(['Dockerfile', dockerfileOf(options)]);
  return files;
}

/** Routers that others dial from another environment. */
function dialledFromOutside(mesh: Mesh): Set<string> {
  const environmentOf = (id: string): string | undefined => mesh.routers.get(id)?.environment;
  const dials = routerLinksOf(mesh).map(({ from, to }) => [from, to] as const);
  for (const { id, uplinks } of mesh.routers.values()) for (const uplink of uplinks) dials.push([id, uplink]);
  return new Set(dials.filter(([from, to]) => environmentOf(from) !== environmentOf(to)).map(([, to]) => to));
}

function sharedDocuments(mesh: Mesh, environment: Environment, routers: readonly RenderedRouter[]): string[] {
  const teams = [...new Set(routers.map(({ router }) => router.team))].sort();
  return [namespaceOf(environment), ...teams.map((team) => disruptionBudgetOf(mesh, environment, team))].map(
    documentOf,
  );
}

function documentsOf(
  mesh: Mesh,
  { router, file, text, own, addresses }: RenderedRouter,
  outside: ReadonlySet<string>,
  { engine, image, hash }: RenderOptions,
  texts: AddressTexts,
): string[] {
  if (router.id.length > statefulSetNameMax) {
    throw new CannotRender(
      `the id ${router.id} has ${router.id.length} characters, and a StatefulSet takes ${statefulSetNameMax}: choose a shorter one`,
    );
  }
  if (text.length > configMapMax) {
    throw new CannotRender(
      `the configuration of ${router.id} has ${text.length} bytes, and a ConfigMap takes ${configMapMax}: declare channels by prefix`,
    );
  }
  const settings = { engine, image, file, configurationHash: hash(own + texts.of(addresses).hash) };
  const namespace = mesh.environments.get(router.environment)?.namespace;
  const metadata = { name: `weft-${router.id}`, namespace, labels: labelsOf(mesh, router) };
  return [
    configMapOf(metadata, file, indented(own) + texts.of(addresses).indented),
    documentOf(serviceOf(mesh, router, outside.has(router.id))),
    documentOf(statefulSetOf(mesh, router, settings)),
  ];
}

/** The text goes in as it is, as a block. */
function configMapOf(metadata: object, file: string, block: string): string {
  const head = documentOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
  return `${head}data:\n  ${file}: |\n${block}`;
}

const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ');

/** The addresses of all interior routers are one text, and nearly all of their configuration: it is indented and hashed once. */
class AddressTexts {
  readonly #known = new Map<string, { readonly indented: string; readonly hash: string }>();
  readonly #options: RenderOptions;

  constructor(options: RenderOptions) {
    this.#options = options;
  }

  of(addresses: string): { readonly indented: string; readonly hash: string } {
    const known = this.#known.get(addresses);
    if (known !== undefined) return known;
    const made = { indented: indented(addresses), hash: this.#options.hash(addresses) };
    this.#known.set(addresses, made);
    return made;
  }
}
