// A channel explained on the running network, with the files of its mesh or without.
import type { Explanation } from '../../mesh/explain/explanation.ts';
import type { Mesh } from '../../mesh/model/mesh.ts';
import { applicationPattern } from '../../mesh/model/names.ts';
import { Endpoints } from '../../mesh/topology/endpoints.ts';
import { explanationOfWalk } from './explanation-of-walk.ts';
import { agentOfBus, agentsOf, type Walked, type WalkFlags, Walks, walkJson } from './walking.ts';
import { withFiles } from './with-files.ts';

/** Throws WeftError. */
export async function explainRunning(
  address: string,
  flags: WalkFlags,
  mesh: Mesh | null,
  isTimeoutGiven: boolean,
): Promise<{ explanation: Explanation; json: string }> {
  const walks = await Walks.open(address, flags, true, isTimeoutGiven);
  try {
    const walked = await walkAskedFor(walks, flags, mesh);
    const running = explanationOfWalk(walked, flags.from);
    const application = mesh?.applications.get(flags.from ?? '');
    const explanation = mesh === null ? running : withFiles(running, mesh, walked.walk.from, application);
    return { explanation, json: walkJson(walked, explanation) };
  } finally {
    walks.close();
  }
}

/** From the router where we are connected; from the one that was named; or from that of the application that was named. */
async function walkAskedFor(walks: Walks, flags: WalkFlags, mesh: Mesh | null): Promise<Walked> {
  const { from } = flags;
  const isApplication = from !== undefined && applicationPattern.test(from);
  if (from !== undefined && !isApplication) return walks.from(agentsOf(from));
  const walked = await walks.from([agentOfBus(flags)]);
  if (!isApplication) return walked;
  const router = routerOf(walked, from) ?? endpointOf(mesh, from, walked);
  return router === null || router === walked.walk.from ? walked : walks.from(agentsOf(router));
}

/** Where it is attached, or was refused. */
function routerOf({ walk }: Walked, application: string): string | null {
  const all = walk.answered.map(({ facts }) => facts);
  const isIts = ({ user }: { user: string }): boolean => user === application;
  const found =
    all.find(({ producers }) => producers.some(isIts)) ??
    all.find(({ consumers, refusals }) => consumers.some(isIts) || refusals.some(isIts));
  return found?.router ?? null;
}

/** Where its files let it connect: the first of these that answered. */
function endpointOf(mesh: Mesh | null, name: string, { walk }: Walked): string | null {
  const application = mesh?.applications.get(name);
  if (mesh === null || application === undefined) return null;
  const answered = new Set(walk.answered.map(({ facts }) => facts.router));
  return new Endpoints(mesh).of(application).find(({ id }) => answered.has(id))?.id ?? null;
}
