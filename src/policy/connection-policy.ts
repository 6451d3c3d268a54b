// What the peer of one connection may do. It was let in by the rules of the time, and counts where it was let in; each link that it attaches
// later is judged by the rules of *that* time: when these no longer know it, it may attach nothing more.
import type { ErrorInfo } from '../amqp/performatives.ts';
import type { Admission, LinkRequest, MessageGuard } from '../core/admission.ts';
import { LogLevel } from '../core/log.ts';
import type { CompiledGroup } from './compiled-vhost.ts';
import { type Denial, describeDenial, errorOf, Refusal } from './denial.ts';
import { toldNameLengthMax } from './limits.ts';
import { LinkGuard } from './link-guard.ts';
import type { Policy } from './policy.ts';
import type { RefusedThing } from './refusals.ts';
import { type Applicant, isDenial, type RuleSet } from './rule-set.ts';
import type { VhostCounters } from './vhost-counters.ts';

export interface Newcomer extends Applicant {
  /** As log lines name the connection: `[C3]`. */
  readonly label: string;
  /** A name that no other connection has: where it comes from, with its port. */
  readonly connection: string;
  /** The router has made the connection: `hostname` is its connector's policyVhost, and the group is `$connector`. */
  readonly isOutgoing: boolean;
  /** An edge router, for whose clients the edge has judged. */
  readonly isRouter: boolean;
}

/** What the rules change in the router's Open and sessions; 0 leaves it as the listener has it. */
export interface OpenLimits {
  readonly maxFrameSize: number;
  readonly maxSessions: number;
  /** Bytes. */
  readonly maxSessionWindow: number;
}

const noLimits: OpenLimits = { maxFrameSize: 0, maxSessions: 0, maxSessionWindow: 0 };

export class ConnectionPolicy implements Admission {
  readonly newcomer: Newcomer;
  readonly #policy: Policy;
  /** Where it is counted; null when no rules held as it came. */
  #counters: VhostCounters | null = null;
  #rules: RuleSet | null = null;
  #judged: CompiledGroup | Denial | null = null;

  constructor(policy: Policy, newcomer: Newcomer) {
    this.#policy = policy;
    this.newcomer = newcomer;
  }

  // --- coming and going --------------------------------------------------------------------------------------------

  /** Lets it in, or tells why not. Once, when the peer's Open is here. */
  enter(): ErrorInfo | null {
    const judged = this.#current();
    if (judged === null) return null;
    const denial = isDenial(judged) ? judged : this.newcomer.isOutgoing ? null : this.#overLimit(judged);
    if (denial !== null) return this.#refuseConnection(denial);
    const { user, host, connection } = this.newcomer;
    const { hostname } = (judged as CompiledGroup).vhost;
    this.#counters = this.#policy.countersOf(hostname);
    this.#counters?.enter(user, host, connection);
    return null;
  }

  leave(): void {
    const { user, host, connection } = this.newcomer;
    this.#counters?.leave(user, host, connection);
    this.#counters = null;
  }

  #overLimit({ vhost, settings, maxConnectionsPerUser, maxConnectionsPerHost }: CompiledGroup): Denial | null {
    const counters = this.#policy.countersOf(vhost.hostname);
    if (counters === null) return null;
    const { user, host } = this.newcomer;
    const limits = [
      ['maxConnections', counters.connectionsCurrent, vhost.maxConnections],
      ['maxConnectionsPerUser', counters.countOfUser(user), maxConnectionsPerUser],
      ['maxConnectionsPerHost', counters.countOfHost(host), maxConnectionsPerHost],
    ] as const;
    for (const [rule, count, max] of limits) {
      if (count < max) continue;
      return { rule, vhost: vhost.hostname, group: settings.name, reason: `${rule} is ${max}` };
    }
    return null;
  }

  /** Null: nothing is ruled. */
  #current(): CompiledGroup | Denial | null {
    const { rules } = this.#policy;
    if (rules === this.#rules) return this.#judged;
    this.#rules = rules;
    const { hostname, isOutgoing } = this.newcomer;
    if (!rules.policy.enableVhostPolicy || (isOutgoing && hostname === '')) this.#judged = null;
    else this.#judged = isOutgoing ? rules.judgeConnector(hostname) : rules.judge(this.newcomer);
    return this.#judged;
  }

  get #group(): CompiledGroup | null {
    const judged = this.#current();
    return judged === null || isDenial(judged) ? null : judged;
  }

  // --- what holds for the connection -------------------------------------------------------------------------------

  /** The vhost and group whose rules hold; null when none do. For people and management. */
  get membership(): { readonly vhost: string; readonly group: string } | null {
    const group = this.#group;
    return group === null ? null : { vhost: group.vhost.hostname, group: group.settings.name };
  }

  get openLimits(): OpenLimits {
    return this.newcomer.isOutgoing ? noLimits : (this.#group?.settings ?? noLimits);
  }

  /** May the user of this connection change the adminStatus of connections? */
  get mayUpdateAdminStatus(): boolean {
    const judged = this.#current();
    return judged === null || (!isDenial(judged) && judged.settings.allowAdminStatusUpdate);
  }

  /** May the peer make link routes over this connection? */
  get mayMakeLinkRoutes(): boolean {
    const judged = this.#current();
    return judged === null || (!isDenial(judged) && judged.settings.allowDynamicLinkRoutes);
  }

  /** Why the peer may not begin one more session; null when it may. */
  admitSession(openSessions: number): ErrorInfo | null {
    const { maxSessions } = this.openLimits;
    if (maxSessions === 0 || openSessions < maxSessions) return null;
    const denial = this.#denialOf('maxSessions', `maxSessions is ${maxSessions}`);
    if (this.#counters !== null) this.#counters.sessionDenied++;
    this.#note('session', '', denial);
    return errorOf(Refusal.session, denial);
  }

  // --- links -------------------------------------------------------------------------------------------------------

  admitSender(request: LinkRequest): ErrorInfo | null {
    return this.#admit('sender', request);
  }

  admitReceiver(request: LinkRequest): ErrorInfo | null {
    return this.#admit('receiver', request);
  }

  #admit(what: 'sender' | 'receiver', request: LinkRequest): ErrorInfo | null {
    const judged = this.#current();
    if (judged === null) return null;
    const { address } = request;
    if (isDenial(judged)) return this.#refuseLink(what, Refusal.link, address, judged);
    const rule = what === 'sender' ? 'maxSenders' : 'maxReceivers';
    const max = judged.settings[rule];
    if (max > 0 && request.openLinks >= max)
      return this.#refuseLink(what, Refusal.linkLimit, address, this.#denialOf(rule, `${rule} is ${max}`));
    const denial = what === 'sender' ? this.#senderDenial(judged, request) : this.#receiverDenial(judged, request);
    return denial === null ? null : this.#refuseLink(what, Refusal.link, address, denial);
  }

  #senderDenial(group: CompiledGroup, { address, capabilities }: LinkRequest): Denial | null {
    if (address === '') {
      // A dynamic target has no address yet, and is no other thing here than none.
      if (!group.settings.allowAnonymousSender)
        return this.#denialOf('allowAnonymousSender', 'the sender has no target, and allowAnonymousSender is off');
    } else if (!group.targets.allows(address, this.newcomer.user)) {
      const rule = group.settings.targetPattern.length > 0 ? 'targetPattern' : 'targets';
      return this.#denialOf(rule, `${rule} does not allow it`);
    }
    return this.#capabilityDenial(group, capabilities);
  }

  #receiverDenial(group: CompiledGroup, { address, isDynamic, capabilities }: LinkRequest): Denial | null {
    if (isDynamic) {
      if (!group.settings.allowDynamicSource)
        return this.#denialOf('allowDynamicSource', 'a dynamic address is asked for, and allowDynamicSource is off');
    } else if (!group.sources.allows(address, this.newcomer.user)) {
      const rule = group.settings.sourcePattern.length > 0 ? 'sourcePattern' : 'sources';
      return this.#denialOf(rule, address === '' ? 'the receiver has no source' : `${rule} does not allow it`);
    }
    return this.#capabilityDenial(group, capabilities);
  }

  #capabilityDenial({ settings }: CompiledGroup, capabilities: readonly string[]): Denial | null {
    if (!settings.allowWaypointLinks && capabilities.some((one) => one.startsWith('qd.waypoint')))
      return this.#denialOf('allowWaypointLinks', 'allowWaypointLinks is off');
    if (!settings.allowFallbackLinks && capabilities.includes('qd.fallback'))
      return this.#denialOf('allowFallbackLinks', 'allowFallbackLinks is off');
    return null;
  }

  // --- messages ----------------------------------------------------------------------------------------------------

  get maxMessageSize(): number {
    const judged = this.#current();
    if (judged === null) return this.newcomer.isRouter ? 0 : this.#policy.entity.maxMessageSize;
    return isDenial(judged) ? 0 : judged.maxMessageSize;
  }

  guardSender({ address, isDynamic }: LinkRequest): MessageGuard | null {
    const group = this.#group;
    const isAnonymous = address === '' && !isDynamic;
    if (group === null || (group.settings.allowUserIdProxy && !isAnonymous)) return null;
    return new LinkGuard({
      group,
      user: this.newcomer.user,
      address,
      onRefused: (to, denial, isFirst) => this.#note('message', to, denial, isFirst),
    });
  }

  messageTooLarge(address: string, limit: number): ErrorInfo | null {
    if (limit !== this.maxMessageSize) return null;
    const denial = this.#denialOf('maxMessageSize', `maxMessageSize is ${limit} bytes`);
    if (this.#counters !== null) this.#counters.maxMessageSizeDenied++;
    this.#policy.figures.maxMessageSizeDenied++;
    this.#note('message', address, denial);
    return errorOf(Refusal.size, denial);
  }

  // --- refusals ----------------------------------------------------------------------------------------------------

  #denialOf(rule: string, reason: string): Denial {
    const { vhost, group } = this.membership ?? { vhost: '', group: '' };
    return { rule, vhost, group, reason };
  }

  #refuseConnection(denial: Denial): ErrorInfo {
    const counters = denial.vhost === '' ? null : this.#policy.countersOf(denial.vhost);
    if (counters !== null) counters.connectionsDenied++;
    this.#policy.figures.connectionsDenied++;
    this.#note('connection', '', denial);
    return errorOf(Refusal.connection, denial);
  }

  #refuseLink(what: 'sender' | 'receiver', refusal: Refusal, address: string, denial: Denial): ErrorInfo {
    this.#policy.figures.linksDenied++;
    if (this.#counters !== null) {
      if (what === 'sender') this.#counters.senderDenied++;
      else this.#counters.receiverDenied++;
    }
    this.#note(what, address, denial);
    return errorOf(refusal, denial);
  }

  #note(what: RefusedThing, address: string, denial: Denial, isTold = true): void {
    const { user, host, label } = this.newcomer;
    this.#policy.remember(what, this.newcomer, address, denial);
    if (!isTold) return;
    const to = address === '' ? '' : ` ${what === 'receiver' ? 'from' : 'to'} ${quoted(address)}`;
    this.#policy.log(
      LogLevel.Info,
      `${label} refused: ${what}${to} of user ${quoted(user)} at ${host}: ${describeDenial(denial)}`,
    );
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.length > toldNameLengthMax ? `${text.slice(0, toldNameLengthMax)}…` : text);
}
