// Asks every router of a mesh, interior and edge, how it is configured and who is attached to it.
//
//   whom we are connected to ─▶ all interior routers that it knows ─▶ the edge routers connected to each
import { ManagementError } from './management-error.ts';
import { type Ask, agentOf, agentOfEdge, type EntityRow, ManagementNode, typePrefix } from './management-node.ts';

/** Tables that say how a router is configured, and what of them is asked for: no passwords. */
const tables = {
  listener: [],
  connector: ['name', 'role', 'host', 'port', 'cost', 'sslProfile', 'saslMechanisms'],
  address: ['prefix', 'pattern', 'distribution'],
  vhost: [],
  sslProfile: ['name', 'caCertFile', 'certFile', 'privateKeyFile', 'uidFormat'],
  policy: ['enableVhostPolicy'],
} as const;
export type Table = keyof typeof tables;
const typeOf = (table: Table): string => typePrefix + (table === 'address' ? 'router.config.address' : table);

/** A link of a client. */
export interface AttachedLink {
  readonly user: string;
  readonly container: string;
  readonly address: string;
  /** The client sends. */
  readonly isSender: boolean;
}

export interface SurveyedRouter {
  readonly id: string;
  readonly mode: string;
  /** Null: the router does not show this table; {@link unseen} says why. */
  readonly tables: Readonly<Record<Table, readonly EntityRow[] | null>>;
  /** Null when it does not show them. */
  readonly links: readonly AttachedLink[] | null;
  readonly unseen: Readonly<Record<string, string>>;
}

/** A router that is known, and gave no answer. */
export interface SilentRouter {
  readonly id: string;
  readonly message: string;
}

export interface Survey {
  readonly routers: readonly SurveyedRouter[];
  readonly silent: readonly SilentRouter[];
}

/** Routers that are asked at a time. */
const concurrency = 8;

interface Stop {
  /** '' for whom we are connected to. */
  readonly id: string;
  readonly agent: string;
  /** Somebody is connected to it now. */
  readonly isKnown: boolean;
}

/**
 * @param startAt agent of whom we are connected to
 * @param expected routers that ought to be there; who of them is not known to anybody and does not answer is left out
 * Throws ManagementError when the first router gives no answer.
 */
export async function surveyMesh(
  ask: Ask,
  startAt: string,
  expected: readonly { readonly id: string; readonly mode: string }[],
): Promise<Survey> {
  const round = new SurveyRound(ask);
  await round.visit({ id: '', agent: startAt, isKnown: true });
  await round.follow();
  round.add(
    expected.map(({ id, mode }) => ({ id, agent: mode === 'edge' ? agentOfEdge(id) : agentOf(id), isKnown: false })),
  );
  await round.follow();
  return round.result;
}

class SurveyRound {
  readonly #ask: Ask;
  readonly #routers: SurveyedRouter[] = [];
  readonly #silent: SilentRouter[] = [];
  readonly #seen = new Set<string>();
  #stops: Stop[] = [];

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  get result(): Survey {
    const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
    return { routers: this.#routers.sort(byId), silent: this.#silent.sort(byId) };
  }

  add(stops: readonly Stop[]): void {
    for (const stop of stops) {
      if (this.#seen.has(stop.id)) continue;
      this.#seen.add(stop.id);
      this.#stops.push(stop);
    }
  }

  async follow(): Promise<void> {
    const work = async (): Promise<void> => {
      for (let stop = this.#stops.shift(); stop !== undefined; stop = this.#stops.shift()) await this.#visitOther(stop);
    };
    while (this.#stops.length > 0) await Promise.all(Array.from({ length: concurrency }, work));
  }

  async #visitOther(stop: Stop): Promise<void> {
    try {
      await this.visit(stop);
    } catch (error) {
      if (!(error instanceof ManagementError) || error.code === 'WEFT_MANAGEMENT_LOST') throw error;
      if (stop.isKnown || error.code !== 'WEFT_NO_AGENT') this.#silent.push({ id: stop.id, message: error.message });
    }
  }

  async visit({ agent }: Stop): Promise<void> {
    const node = new ManagementNode(this.#ask, agent);
    const [[router = {}], connections, agents] = await Promise.all([
      node.query(`${typePrefix}router`, { attributeNames: ['id', 'mode'] }),
      node.query(`${typePrefix}connection`, { attributeNames: ['identity', 'container', 'user', 'role', 'dir'] }),
      node.managementNodes(),
    ]);
    const id = text(router['id']);
    this.#seen.add(id);
    this.#routers.push({ id, mode: text(router['mode']), ...(await tablesOf(node, connections)) });
    const edges = connections.filter(({ role }) => role === 'edge');
    this.add([
      ...agents.flatMap((address) => known(address.split('/')[3] ?? '', agentOf)),
      ...edges.flatMap(({ container, dir }) => known(text(container), dir === 'in' ? agentOfEdge : agentOf)),
    ]);
  }
}

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value));

function known(id: string, agentAt: (id: string) => string): Stop[] {
  return id === '' ? [] : [{ id, agent: agentAt(id), isKnown: true }];
}

async function tablesOf(
  node: ManagementNode,
  connections: readonly EntityRow[],
): Promise<Pick<SurveyedRouter, 'tables' | 'links' | 'unseen'>> {
  const unseen: Record<string, string> = {};
  const shown = async (what: string, query: Promise<EntityRow[]>): Promise<EntityRow[] | null> => {
    try {
      return await query;
    } catch (error) {
      if (!(error instanceof ManagementError) || error.code !== 'WEFT_REQUEST_REFUSED') throw error;
      unseen[what] = error.message;
      return null;
    }
  };
  const ask = (table: Table) => shown(table, node.query(typeOf(table), { attributeNames: tables[table] }));
  const linkColumns = ['linkType', 'linkDir', 'owningAddr', 'connectionId'];
  const [listener, connector, address, vhost, sslProfile, policy, links] = await Promise.all([
    ...[ask('listener'), ask('connector'), ask('address'), ask('vhost'), ask('sslProfile'), ask('policy')],
    shown('link', node.query(`${typePrefix}router.link`, { attributeNames: linkColumns })),
  ]);
  const found = { listener, connector, address, vhost, sslProfile, policy } as SurveyedRouter['tables'];
  return { tables: found, links: links ? attachedLinks(links, connections) : null, unseen };
}

/** Those of clients, with their mobile addresses. */
function attachedLinks(links: readonly EntityRow[], connections: readonly EntityRow[]): AttachedLink[] {
  const clients = new Map(
    connections.filter(({ role }) => role === 'normal').map((one) => [text(one['identity']), one] as const),
  );
  return links.flatMap(({ linkType, linkDir, owningAddr, connectionId }) => {
    const client = clients.get(text(connectionId));
    if (client === undefined || linkType !== 'endpoint' || !text(owningAddr).startsWith('M')) return [];
    const { user, container } = client;
    return [
      { user: text(user), container: text(container), address: text(owningAddr).slice(2), isSender: linkDir === 'in' },
    ];
  });
}
