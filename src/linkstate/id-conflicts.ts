// Tells a router that was started anew from two routers that share an id.
//
// Every start has another instance. A restart is seen as: old, old, new, new, … and the old one never again, but for copies
// that were late on the way. Two routers are seen as: 1, 2, 1, 2, … for ever. So the latest new instance is believed, one that
// was left behind is ignored, and when it is heard again and again that is reported. A connection that lives is the best proof:
// while it does, what others tell of another instance is not believed.
//
// A late copy may also be the first that is heard of an old instance: by a router that was itself just started, or cut off. Instances
// grow, except when a clock is set back: so a lower one is believed only when it goes on and the higher one is silent.
import { conflictMs, formerInstancesMax, lateCopiesMs, reportedFaultsMax } from './limits.ts';
import type { LinkStatePort } from './port.ts';
import type { RouterNode } from './router-node.ts';
import type { Warnings } from './warnings.ts';

/** `restarted`: believe it, and forget what was known before. `ignored`: drop the message. */
export type Verdict = 'current' | 'restarted' | 'ignored';

export class IdConflicts {
  readonly #port: LinkStatePort;
  readonly #warnings: Warnings;
  /** First sight of each instance that should not be, by id and instance; null once it is reported. */
  readonly #sightings = new Map<string, number | null>();

  constructor(port: LinkStatePort, warnings: Warnings) {
    this.#port = port;
    this.#warnings = warnings;
  }

  /**
   * Judges the instance that a message of `node` bears, 0 when it bears none.
   * @param direct whether it came from the router itself, over its own connection
   */
  judge(node: RouterNode, instance: number, direct: boolean, clock: number): Verdict {
    if (instance === 0) return 'current';
    if (node.instance === 0) node.instance = instance;
    if (instance === node.instance) {
      node.doubted = null;
      return 'current';
    }
    if (this.#isSuccessor(node, instance, direct, clock)) {
      this.replace(node, instance);
      return 'restarted';
    }
    this.#sight(node, instance, clock);
    return 'ignored';
  }

  /** From now on `instance` is the one that is believed. */
  replace(node: RouterNode, instance: number): void {
    node.formerInstances = [...node.formerInstances, node.instance].slice(-formerInstancesMax);
    node.instance = instance;
    node.rival = null;
    node.doubted = null;
  }

  /** A message bears our own id. @param direct whether its maker sits at the other end of a connection */
  judgeOwn(ownId: string, ownInstance: number, instance: number, direct: boolean, clock: number): void {
    if (instance === 0) return;
    if (instance !== ownInstance) {
      const where = direct ? 'A neighbour' : 'Another router of this network';
      const text = `${where} has our router id ${ownId} (its instance is ${instance}, ours ${ownInstance}): ids must be unique`;
      if (direct) this.report(ownId, text);
      else this.#sightAgain(ownId, `${ownId} ${instance}`, clock, text);
    } else if (direct) {
      this.#warnings.warn(
        `A connection leads back to this router ${ownId} itself, or to one with the same id started in the same second`,
      );
    }
  }

  /** Reports a conflict, once for each text. */
  report(routerId: string, text: string): void {
    if (this.#sightings.get(text) === null) return;
    this.#remember(text, null);
    this.#port.idConflict(routerId, text);
  }

  /** Whether an instance that is not the believed one is to be believed instead. */
  #isSuccessor(node: RouterNode, instance: number, direct: boolean, clock: number): boolean {
    if (node.formerInstances.includes(instance)) return false;
    const isHearsay = !direct && node.connectionKey !== null;
    if (instance < node.instance) return !isHearsay && this.#hasOutlasted(node, instance, clock);
    if (isHearsay) node.rival = { instance, heardAt: clock };
    return !isHearsay;
  }

  /** Whether a lower instance has been the only one to be heard for longer than late copies arrive. */
  #hasOutlasted(node: RouterNode, instance: number, clock: number): boolean {
    if (node.doubted?.instance !== instance) node.doubted = { instance, since: clock };
    return clock - node.doubted.since >= lateCopiesMs;
  }

  #sight(node: RouterNode, instance: number, clock: number): void {
    const text = `Two routers have the id ${node.id}: instances ${node.instance} and ${instance} are both alive; the first is believed`;
    this.#sightAgain(node.id, `${node.id} ${instance}`, clock, text);
  }

  /** Late copies come within a short time; a second sight long after the first is no late copy. */
  #sightAgain(routerId: string, key: string, clock: number, text: string): void {
    const firstAt = this.#sightings.get(key);
    if (firstAt === undefined) this.#remember(key, clock);
    else if (firstAt !== null && clock - firstAt >= conflictMs) {
      this.#remember(key, null);
      this.#port.idConflict(routerId, text);
    }
  }

  #remember(key: string, at: number | null): void {
    if (this.#sightings.size >= reportedFaultsMax) this.#sightings.clear();
    this.#sightings.set(key, at);
  }
}
