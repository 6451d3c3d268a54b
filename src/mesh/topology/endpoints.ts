// Where an application connects: first to the edge routers of its team in its environment, then, if the environment lets it, to the
// interior routers there. It goes on to the next one when its own is lost.
import type { Application, Mesh, MeshRouter } from '../model/mesh.ts';

/** By environment and team: looked up once for many applications. */
export class Endpoints {
  readonly #mesh: Mesh;
  readonly #edges = new Map<string, MeshRouter[]>();

  constructor(mesh: Mesh) {
    this.#mesh = mesh;
    for (const router of mesh.routers.values()) {
      if (router.mode !== 'edge') continue;
      const key = `${router.environment}/${router.team}`;
      const edges = this.#edges.get(key);
      if (edges === undefined) this.#edges.set(key, [router]);
      else edges.push(router);
    }
  }

  /** In the order in which they are tried. */
  of({ environment: name, team }: Application): readonly MeshRouter[] {
    const edges = this.#edges.get(`${name}/${team}`) ?? [];
    const environment = this.#mesh.environments.get(name);
    if (environment === undefined || !environment.directApplications) return edges;
    return [...edges, ...environment.routers.flatMap((id) => this.#mesh.routers.get(id) ?? [])];
  }
}
