// Explains a channel by the files of a mesh.

import { grantText, whoGrants } from '../check/applications.ts';
import { ChannelTable, doMeet } from '../model/channel-table.ts';
import { placeText } from '../model/declarations.ts';
import type { Application, Channel, Mesh, MeshRouter, Right, Use } from '../model/mesh.ts';
import { Rights } from '../model/rights.ts';
import { knownText, UnknownName } from '../model/unknown-name.ts';
import { Journeys } from '../topology/journeys.ts';
import type { AccessExplanation, DeliveryExplanation, Explanation, ParticipantExplanation } from './explanation.ts';

interface Participant extends ParticipantExplanation {
  readonly use: Use | null;
  readonly endpoint: MeshRouter | null;
}

/**
 * @param address a channel, or an address below a prefix
 * @param from an application or a router; absent: all that publish. Throws {@link UnknownName} when the mesh has none of this name.
 */
export function explainChannel(mesh: Mesh, address: string, from?: string): Explanation {
  if (from !== undefined && !mesh.applications.has(from) && !mesh.routers.has(from)) {
    const known = [...mesh.applications.keys(), ...mesh.routers.keys()];
    throw new UnknownName(`there is no application or router '${from}'${knownText(from, known)}`);
  }
  const channel = new ChannelTable(mesh.channels).find(address);
  if (channel === null) {
    const nobody = [`There is no channel '${address}'${knownText(address, [...mesh.channels.keys()])}`];
    return { address, channel, publishers: [], consumers: [], deliveries: [], nobody };
  }
  return new ChannelQuestion(mesh, channel, address).answer(from);
}

class ChannelQuestion {
  readonly #mesh: Mesh;
  readonly #channel: Channel;
  readonly #address: string;
  readonly #journeys: Journeys;
  readonly #rights: Rights;

  constructor(mesh: Mesh, channel: Channel, address: string) {
    this.#mesh = mesh;
    this.#channel = channel;
    this.#address = address;
    this.#journeys = new Journeys(mesh);
    this.#rights = new Rights(mesh);
  }

  answer(from: string | undefined): Explanation {
    const consumers = this.#participants('subscribe');
    const publishers = from === undefined ? this.#participants('publish') : this.#asked(from);
    const deliveries = publishers.flatMap((publisher) => this.#deliveries(publisher, consumers));
    const { name, isPrefix, distribution, owner, description } = this.#channel;
    return {
      address: this.#address,
      channel: { name, isPrefix, distribution, owner, description },
      publishers: publishers.map(shown),
      consumers: consumers.map(shown),
      deliveries,
      nobody: deliveries.some(({ receives }) => receives !== 'none') ? [] : this.#whyNobody(publishers, consumers),
    };
  }

  /** All that declare it; by name. */
  #participants(right: Right): Participant[] {
    const participants: Participant[] = [];
    for (const application of this.#mesh.applications.values()) {
      for (const use of application.uses) {
        if (use.right === right && use.channel === this.#channel && this.#isMeant(use)) {
          participants.push(this.#participant(application, right, use));
        }
      }
    }
    return participants.sort((a, b) => (a.application < b.application ? -1 : 1));
  }

  /** Whether the use has to do with the address that was asked for; all have when that is the whole prefix. */
  #isMeant({ address }: Use): boolean {
    return address === this.#address || address === this.#channel.name || this.#address === this.#channel.name;
  }

  /** The application or router that was asked about, whether it declares that it publishes or not. */
  #asked(from: string): Participant[] {
    const router = this.#mesh.routers.get(from);
    if (router !== undefined) {
      const access = { isAllowed: true, because: 'whoever may publish there' };
      return [
        {
          application: from,
          environment: router.environment,
          router: from,
          address: this.#address,
          use: null,
          endpoint: router,
          ...access,
        },
      ];
    }
    const declared = this.#participants('publish').filter(({ application }) => application === from);
    const application = this.#mesh.applications.get(from) as Application;
    return declared.length > 0 ? declared : [this.#participant(application, 'publish', null)];
  }

  #participant(application: Application, right: Right, use: Use | null): Participant {
    const endpoint = this.#journeys.endpointOf(application);
    const access = this.#access(application, right);
    return {
      application: application.name,
      environment: application.environment,
      router: endpoint?.id ?? '',
      address: use?.address ?? this.#address,
      isAllowed: access.isAllowed,
      because:
        access.isAllowed && use === null ? `${access.because}; but its files do not say that it does` : access.because,
      use,
      endpoint,
    };
  }

  #access(application: Application, right: Right): AccessExplanation {
    const permission = this.#rights.permission(application, this.#channel, right);
    if (permission === 'owner') return { isAllowed: true, because: `owner: ${this.#channel.owner}` };
    if (permission !== null) {
      return { isAllowed: true, because: `grant to ${permission.to} (${placeText(permission.origin)})` };
    }
    const { name, owner } = this.#channel;
    const because = `no grant to ${right}; ${whoGrants(this.#mesh, owner)}; ${grantText(name, application.name, right)}`;
    return { isAllowed: false, because };
  }

  #deliveries(publisher: Participant, consumers: readonly Participant[]): DeliveryExplanation[] {
    const met = consumers.filter(({ use }) => publisher.use === null || (use !== null && doMeet(publisher.use, use)));
    const deliveries = met.map((consumer) => this.#delivery(publisher, consumer));
    const possible = deliveries.filter(({ because }) => because === '');
    const nearest = Math.min(...possible.map(distance));
    return deliveries
      .map((delivery) => ({ ...delivery, receives: this.#receives(delivery, possible, nearest) }))
      .sort((a, b) => distance(a) - distance(b));
  }

  #delivery(publisher: Participant, consumer: Participant): DeliveryExplanation {
    const { application: from } = publisher;
    const { application: to } = consumer;
    const refused = [publisher, consumer].filter(({ isAllowed }) => !isAllowed);
    const denied = [...new Set(refused.map(({ application }) => application))];
    const isConnected = publisher.endpoint !== null && consumer.endpoint !== null;
    const way = isConnected
      ? this.#journeys.between(publisher.endpoint as MeshRouter, consumer.endpoint as MeshRouter)
      : null;
    const because =
      denied.length > 0
        ? `${denied.join(' and ')} ${denied.length > 1 ? 'are' : 'is'} refused: no grant`
        : way === null
          ? 'there is no way between their routers'
          : '';
    return { from, to, hops: way?.hops ?? [], cost: way?.cost ?? null, receives: 'none', because };
  }

  #receives(
    delivery: DeliveryExplanation,
    possible: readonly DeliveryExplanation[],
    nearest: number,
  ): DeliveryExplanation['receives'] {
    if (delivery.because !== '') return 'none';
    if (this.#channel.distribution === 'multicast' || possible.length === 1) return 'every';
    if (this.#channel.distribution === 'balanced') return 'share';
    if (distance(delivery) > nearest) return 'reserve';
    return possible.filter((one) => distance(one) === nearest).length === 1 ? 'every' : 'share';
  }

  #whyNobody(publishers: readonly Participant[], consumers: readonly Participant[]): string[] {
    const { name } = this.#channel;
    const reasons: string[] = [];
    if (publishers.length === 0) reasons.push(`No application publishes to ${name}.`);
    if (consumers.length === 0) reasons.push(`No application subscribes to ${name}.`);
    for (const { application, isAllowed, because, router } of [...publishers, ...consumers]) {
      if (!isAllowed) reasons.push(`${application}: ${because}.`);
      else if (router === '') reasons.push(`${application} has nowhere to connect.`);
    }
    if (reasons.length === 0) {
      const isApart = publishers.length > 0 && consumers.length > 0;
      reasons.push(
        isApart ? 'No way leads from a publisher to a consumer, or they use different addresses.' : 'Nobody is there.',
      );
    }
    return reasons;
  }
}

/** By which routers choose the closest: on the same router, then by cost. */
function distance({ hops, cost }: DeliveryExplanation): number {
  return cost === null ? Number.POSITIVE_INFINITY : hops.length === 1 ? -1 : cost;
}

function shown({ use: _use, endpoint: _endpoint, ...participant }: Participant): ParticipantExplanation {
  return participant;
}
