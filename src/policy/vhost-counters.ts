// What a vhost has let in and denied, and who is connected to it. The figures are those of Dispatch's entity vhostStats; they outlive
// changes of the vhost's rules, and end with it.

/** Names of connections by user, or by host. */
type Members = Map<string, Set<string>>;

/** A row of vhostStats. */
export interface VhostStats {
  readonly hostname: string;
  readonly connectionsApproved: number;
  readonly connectionsDenied: number;
  readonly connectionsCurrent: number;
  readonly perUserState: Readonly<Record<string, readonly string[]>>;
  readonly perHostState: Readonly<Record<string, readonly string[]>>;
  readonly sessionDenied: number;
  readonly senderDenied: number;
  readonly receiverDenied: number;
  readonly maxMessageSizeDenied: number;
}

export class VhostCounters {
  readonly hostname: string;
  connectionsApproved = 0;
  connectionsDenied = 0;
  connectionsCurrent = 0;
  sessionDenied = 0;
  senderDenied = 0;
  receiverDenied = 0;
  maxMessageSizeDenied = 0;
  readonly #users: Members = new Map();
  readonly #hosts: Members = new Map();

  constructor(hostname: string) {
    this.hostname = hostname;
  }

  countOfUser(user: string): number {
    return this.#users.get(user)?.size ?? 0;
  }

  countOfHost(host: string): number {
    return this.#hosts.get(host)?.size ?? 0;
  }

  /** `connection` is a name that no other one has. */
  enter(user: string, host: string, connection: string): void {
    this.connectionsApproved++;
    this.connectionsCurrent++;
    add(this.#users, user, connection);
    add(this.#hosts, host, connection);
  }

  leave(user: string, host: string, connection: string): void {
    this.connectionsCurrent--;
    remove(this.#users, user, connection);
    remove(this.#hosts, host, connection);
  }

  get stats(): VhostStats {
    const { hostname, connectionsApproved, connectionsDenied, connectionsCurrent } = this;
    const { sessionDenied, senderDenied, receiverDenied, maxMessageSizeDenied } = this;
    return {
      ...{ hostname, connectionsApproved, connectionsDenied, connectionsCurrent },
      perUserState: shown(this.#users),
      perHostState: shown(this.#hosts),
      ...{ sessionDenied, senderDenied, receiverDenied, maxMessageSizeDenied },
    };
  }
}

function add(members: Members, key: string, connection: string): void {
  const known = members.get(key);
  if (known === undefined) members.set(key, new Set([connection]));
  else known.add(connection);
}

function remove(members: Members, key: string, connection: string): void {
  const known = members.get(key);
  known?.delete(connection);
  if (known?.size === 0) members.delete(key);
}

function shown(members: Members): Record<string, string[]> {
  return Object.fromEntries([...members].map(([key, names]) => [key, [...names]]));
}
