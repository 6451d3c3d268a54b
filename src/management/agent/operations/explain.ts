// EXPLAIN: what this router would do with a message for an address now, and what might keep it from that. A client that asks router by
// router learns where a message goes, or why it does not (management/client/explain reads it).
import { hashKey } from '../../../address/address-key.ts';
import { fromPlain } from '../../../amqp/plain-values.ts';
import type { Address } from '../../../core/address.ts';
import type { AddressRule } from '../../../core/address-table.ts';
import type { ConnectionContext } from '../../../core/connection-context.ts';
import type { Consumer } from '../../../core/consumer.ts';
import type { Producer } from '../../../core/producer.ts';
import { patternOf } from '../../../schema/configuration.ts';
import type { AgentPort, ManagedConnection } from '../agent-port.ts';
import { AlikeAddresses } from '../alike-addresses.ts';
import type { Operation } from '../operations.ts';
import { ok, refused } from '../reply.ts';
import { numberOf, textOf } from '../request.ts';
import type { Work } from '../work.ts';

/** Lists in the reply are cut behind so many. */
const listMax = 100;
/** Messages that say nothing of priority go by this link (§3.2.1). */
const defaultPriority = 4;

export function explain(port: AgentPort, work: Work): [string, Operation][] {
  const operation: Operation = (request, answer) => {
    const address = textOf(request, 'address');
    if (address === null || address === '')
      return answer(refused(400, "No 'address' property: EXPLAIN needs the address of the message"));
    const facts = factsOf(port, address, numberOf(request, 'phase'));
    const tell = (others: object[]): void => answer(ok(fromPlain({ ...facts, others })));
    if (facts.hasOutlets || !facts.key.startsWith('M')) tell([]);
    else work.begin(new AlikeAddresses(port.core.addresses.all, facts.key, tell));
  };
  return [['EXPLAIN', operation]];
}

function factsOf(port: AgentPort, text: string, wantedPhase: number | null) {
  const { core } = port;
  const { addresses } = core;
  const { class: keyClass, name } = addresses.keyOf(text);
  const rule = keyClass === 'M' ? addresses.ruleOf(text) : null;
  const phase = wantedPhase ?? rule?.ingressPhase ?? 0;
  const key = hashKey(keyClass, phase, name);
  const found =
    addresses.byKey(key) ?? (keyClass === 'R' ? (core.mesh?.addressOfRouter(name) ?? undefined) : undefined);
  return {
    router: core.self.routerId,
    mode: port.configuration().router.mode,
    source: 'agent',
    key,
    phase,
    distribution: found?.isUnavailable
      ? 'unavailable'
      : (found?.distribution ?? rule?.distribution ?? port.configuration().router.defaultDistribution),
    rule: ruleText(port, rule),
    hasOutlets: found?.hasOutlets ?? false,
    waiting: found?.waitingCount ?? 0,
    senders: found?.producers.size ?? 0,
    isDraining: core.isDraining,
    ...clientsOf(port, found),
    hops: hopsOf(found),
    ...surroundings(port, key),
    ...memories(port, text, key),
    uplink: uplinkOf(port, found),
  };
}

/** `prefix orders`, as the configuration has it. */
function ruleText(port: AgentPort, rule: AddressRule | null): string {
  if (rule === null) return '';
  const entity = port.configuration().addresses.find((one) => patternOf(one) === rule.pattern);
  return entity === undefined || entity.prefix === null ? `pattern ${rule.pattern}` : `prefix ${entity.prefix}`;
}

// --- where it goes -----------------------------------------------------------------------------------------------------

/** Clients and edge routers, not the links between routers. */
function clientsOf(port: AgentPort, address: Address | undefined) {
  const byContext = new Map<object, ManagedConnection>();
  for (const one of port.connections()) byContext.set(one.context, one);
  const client = (name: string, context: ConnectionContext): object =>
    clientFacts(name, context, byContext.get(context));
  return {
    consumers: consumersOf(address).map((one) => ({
      ...client(one.link.name, one.context),
      ...consumerFigures(one, port.core.nowMs),
    })),
    producers: producersOf(address).map(({ link, context, held }) => ({
      ...client(link.name, context),
      waiting: held.count,
    })),
  };
}

/** Those with credit first: they decide. Then those that hold the most. */
function consumersOf(address: Address | undefined): Consumer[] {
  return (address?.consumers ?? [])
    .filter(({ isUplink }) => !isUplink)
    .sort((a, b) => b.link.credit - a.link.credit || b.link.unsettledCount - a.link.unsettledCount)
    .slice(0, listMax);
}

/** Those for whom most waits first. */
function producersOf(address: Address | undefined): Producer[] {
  return [...(address?.producers ?? [])]
    .filter(({ avoids, context }) => context.peer === null && (avoids === null || context.edge !== null))
    .sort((a, b) => b.held.count - a.held.count)
    .slice(0, listMax);
}

function clientFacts(link: string, context: ConnectionContext, connection: ManagedConnection | undefined): object {
  const { remoteContainerId: container, user } = context.connection;
  const { vhost, group } = connection?.membership ?? { vhost: '', group: '' };
  return {
    ...{ connection: String(connection?.id ?? ''), link, container, user, host: connection?.remote ?? '' },
    ...{ vhost, group, isEdge: context.edge !== null },
  };
}

function consumerFigures({ link }: Consumer, nowMs: number): object {
  const { credit, unsettledCount: unsettled } = link;
  const oldestUnsettledSeconds = unsettled === 0 ? null : link.session.outgoing.oldestMs(link, nowMs) / 1000;
  return { credit, unsettled, oldestUnsettledSeconds };
}

/** The cheapest first. */
function hopsOf(address: Address | undefined): object[] {
  const hops = address?.remotes?.hops ?? [];
  return hops.slice(0, listMax).map(({ router, nextHop, cost, way }) => ({
    router: router.id,
    nextHop,
    cost,
    credit:
      way.peer.linkFor(address === undefined || address.priority < 0 ? defaultPriority : address.priority)?.credit ?? 0,
    outstanding: way.outstanding,
  }));
}

function uplinkOf({ core }: AgentPort, address: Address | undefined): object | null {
  const { edge } = core;
  if (edge === null) return null;
  const { uplink } = edge;
  const proxy = address?.consumers.find(({ isUplink }) => isUplink);
  return {
    interior: uplink?.context.connection.remoteContainerId ?? '',
    isUp: uplink !== null,
    isReachable: address === undefined ? null : proxy !== undefined,
    credit: proxy?.link.credit ?? null,
  };
}

// --- what might be in the way ------------------------------------------------------------------------------------------

function surroundings(port: AgentPort, key: string): object {
  const { core } = port;
  const { mesh } = core;
  const routers = [...(mesh?.protocol.routers.values() ?? [])];
  const connections = [...port.connections()];
  return {
    routers: routers.map(({ id, nextHop, cost }) => ({
      router: id,
      nextHop: nextHop?.id ?? null,
      cost: Number.isFinite(cost) ? cost : null,
    })),
    edges: connections.flatMap(({ context }) => (context.edge === null ? [] : [context.connection.remoteContainerId])),
    lostRouters: (mesh?.protocol.lostRouters(key, core.nowMs) ?? []).slice(0, listMax).map((lost) => ({
      router: lost.id,
      lostForSeconds: lost.lostForMs / 1000,
      hadConsumers: lost.hadAddress,
    })),
    downConnectors: downConnectors(port),
    silentPeers: connections.flatMap(({ context }) => {
      const { remoteContainerId: id, isOpened } = context.connection;
      return context.peer !== null && isOpened && mesh?.neighbours.has(id) === false ? [id] : [];
    }),
  };
}

/** Those toward other routers. */
function downConnectors(port: AgentPort): object[] {
  return port.configuration().connectors.flatMap((connector) => {
    const { name, role, host, port: number } = connector;
    if (role !== 'inter-router' && role !== 'edge') return [];
    const { status, message, peer } = port.connectorStatus(connector);
    return status === 'SUCCESS' ? [] : [{ name, role, place: `${host}:${number}`, peer, message }];
  });
}

function memories({ core, refusals }: AgentPort, text: string, key: string): object {
  const ago = (atMs: number): number => (core.nowMs - atMs) / 1000;
  return {
    departures: core.departures
      .ofKey(key)
      .slice(0, listMax)
      .map(({ container, user, isEdge, isLoss, reason, atMs }) => ({
        ...{ container, user, isEdge, isLoss, reason },
        agoSeconds: ago(atMs),
      })),
    refusals: refusals(text)
      .slice(0, listMax)
      .map(({ what, user, host, vhost, group, rule, reason, count, lastAtMs }) => ({
        ...{ what, user, host, vhost, group, rule, reason, count },
        agoSeconds: ago(lastAtMs),
      })),
  };
}
