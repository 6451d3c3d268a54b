// Goes the way that a message would go, router by router, and asks each what it would do. Where nobody consumes it asks all others, too:
// one of them may know why.
//
//   from ─▶ its next hops ─▶ theirs … ─▶ routers with consumers ─▶ edge routers behind them
import { ManagementError } from '../management-error.ts';
import { type Ask, agentOf, agentOfEdge, ManagementNode } from '../management-node.ts';
import { emptyFacts, type RouterFacts } from './facts.ts';
import { factsFromTables } from './facts-from-tables.ts';

export interface Answered {
  readonly facts: RouterFacts;
  /** How long the answer took, there and back. */
  readonly roundTripMs: number;
}

/** A router that was on the way, or of which others know, and that gave no answer. */
export interface Unanswered {
  readonly router: string;
  /** Who named it; '' when the user did. */
  readonly seenFrom: string;
  /** `silent`: the request was taken and no reply came. `unreachable`: it came back. */
  readonly kind: 'silent' | 'unreachable' | 'refused';
  readonly message: string;
  /** It stands on a way of the message. */
  readonly isOnTheWay: boolean;
}

export interface Walk {
  readonly address: string;
  readonly from: string;
  /** In the order in which they were asked: those on the way first. */
  readonly answered: readonly Answered[];
  readonly unanswered: readonly Unanswered[];
  /** Ids of routers on a way of the message. */
  readonly onTheWay: ReadonlySet<string>;
  /** There are more routers than are asked at most. */
  readonly isCut: boolean;
}

export interface WalkOptions {
  readonly address: string;
  /** Agent to begin with. */
  readonly startAt: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** All routers are asked, not only those on the way: who else publishes? */
  readonly isWhole?: boolean;
}

/** Routers that are asked at most. */
const routersMax = 256;

interface Stop {
  /** Null: whoever is at `agent`. */
  readonly router: string | null;
  readonly agent: string;
  readonly seenFrom: string;
  readonly isOnTheWay: boolean;
}

/** Throws ManagementError when the first router gives no answer. */
export async function walk(ask: Ask, options: WalkOptions): Promise<Walk> {
  const walker = new Walker(ask, options);
  const first = await walker.begin();
  await walker.follow(first);
  if ((options.isWhole || !walker.hasConsumers) && !walker.isStopped) await walker.askOthers();
  return walker.result(first.router);
}

class Walker {
  readonly #ask: Ask;
  readonly #options: WalkOptions;
  readonly #answered: Answered[] = [];
  readonly #unanswered: Unanswered[] = [];
  readonly #asked = new Set<string>();
  readonly #onTheWay = new Set<string>();
  #isCut = false;
  /** Of the key that the first router made of the address; the others must look at the same one. */
  #phase: number | null = null;

  constructor(ask: Ask, options: WalkOptions) {
    this.#ask = ask;
    this.#options = options;
  }

  get hasConsumers(): boolean {
    return this.#answered.some(({ facts }) => facts.consumers.some(({ isEdge }) => !isEdge));
  }

  /** A router on the way is silent: that explains enough, and whoever is behind it would be silent, too. */
  get isStopped(): boolean {
    return this.#unanswered.some(({ kind, isOnTheWay }) => isOnTheWay && kind === 'silent');
  }

  result(from: string): Walk {
    const { address } = this.#options;
    const found = { answered: this.#answered, unanswered: this.#unanswered, onTheWay: this.#onTheWay };
    return { address, from, ...found, isCut: this.#isCut };
  }

  async begin(): Promise<RouterFacts> {
    const facts = await this.#factsAt(this.#options.startAt);
    this.#phase = facts.phase;
    this.#asked.add(facts.router);
    this.#onTheWay.add(facts.router);
    return facts;
  }

  /** Asks everybody behind `facts`, a hop at a time. */
  async follow(facts: RouterFacts): Promise<void> {
    let stops = this.#behind(facts);
    while (stops.length > 0) {
      const found = await Promise.all(stops.map((stop) => this.#visit(stop)));
      stops = found.flatMap((one) => (one === null ? [] : this.#behind(one)));
    }
  }

  #behind(facts: RouterFacts): Stop[] {
    const seenFrom = facts.router;
    const next = new Set(facts.hops.map(({ nextHop }) => nextHop));
    const edges = new Set(facts.consumers.filter(({ isEdge }) => isEdge).map(({ container }) => container));
    const { uplink } = facts;
    if (uplink?.isUp && uplink.interior !== '') next.add(uplink.interior);
    return [
      ...[...next].map((id) => ({ router: id, agent: agentOf(id), seenFrom, isOnTheWay: true })),
      ...[...edges].map((id) => ({ router: id, agent: agentOfEdge(id), seenFrom, isOnTheWay: true })),
    ].filter((stop) => this.#takes(stop));
  }

  #takes({ router, isOnTheWay }: Stop): boolean {
    if (router === null) return true;
    if (isOnTheWay) this.#onTheWay.add(router);
    if (this.#asked.has(router)) return false;
    if (this.#asked.size >= routersMax) {
      this.#isCut = true;
      return false;
    }
    this.#asked.add(router);
    return true;
  }

  /** All routers that anybody knows, and their edge routers. */
  async askOthers(): Promise<void> {
    for (let isNew = true; isNew; ) {
      const stops = this.#answered.flatMap(({ facts }) => [
        ...facts.routers.map(({ router }) => this.#other(router, agentOf(router), facts)),
        ...facts.edges.map((id) => this.#other(id, agentOfEdge(id), facts)),
      ]);
      const fresh = stops.filter((stop) => this.#takes(stop));
      isNew = fresh.length > 0;
      await Promise.all(fresh.map((stop) => this.#visit(stop)));
    }
  }

  #other(router: string, agent: string, { router: seenFrom }: RouterFacts): Stop {
    return { router, agent, seenFrom, isOnTheWay: false };
  }

  async #visit({ router, agent, seenFrom, isOnTheWay }: Stop): Promise<RouterFacts | null> {
    try {
      return await this.#factsAt(agent);
    } catch (error) {
      if (!(error instanceof ManagementError) || error.code === 'WEFT_MANAGEMENT_LOST') throw error;
      const kinds: Record<string, Unanswered['kind']> = { WEFT_AGENT_SILENT: 'silent', WEFT_NO_AGENT: 'unreachable' };
      const kind = kinds[error.code] ?? 'refused';
      this.#unanswered.push({ router: router ?? '', seenFrom, kind, message: error.message, isOnTheWay });
      return null;
    }
  }

  async #factsAt(agent: string): Promise<RouterFacts> {
    const { now } = this.#options;
    const startedAt = now();
    const facts = await this.#askFor(new ManagementNode(this.#ask, agent));
    this.#answered.push({ facts, roundTripMs: now() - startedAt });
    return facts;
  }

  async #askFor(node: ManagementNode): Promise<RouterFacts> {
    const { address } = this.#options;
    const properties = { name: 'self', type: 'org.amqp.management', address, phase: this.#phase };
    try {
      const { body } = await node.ask({ operation: 'EXPLAIN', properties });
      return { ...emptyFacts(''), ...(body as Partial<RouterFacts>) };
    } catch (error) {
      const isUnknown =
        error instanceof ManagementError && error.code === 'WEFT_REQUEST_REFUSED' && error.statusCode !== 403;
      if (!isUnknown) throw error;
      return factsFromTables(node, address, this.#phase);
    }
  }
}
