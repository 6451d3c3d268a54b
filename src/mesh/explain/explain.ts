// Explains a channel by the files of a mesh.
import { ChannelTable, doMeet } from '../model/channel-table.ts';
import type { Application, Channel, Mesh, MeshRouter, Right, Use } from '../model/mesh.ts';
import { knownText, UnknownName } from '../model/unknown-name.ts';
import { Journeys } from '../topology/journeys.ts';
import { Access } from './access.ts';
import { judgeByFiles, noChannel } from './by-files-verdict.ts';
import type {
  ChannelExplanation,
  DeliveryExplanation,
  Explanation,
  MissingGrant,
  ParticipantExplanation,
} from './explanation.ts';
import { withReceives } from './receives.ts';

/** An application that uses the channel, or was asked about. */
export interface Participant extends ParticipantExplanation {
  readonly right: Right;
  readonly use: Use | null;
  readonly endpoint: MeshRouter | null;
}

/**
 * @param address a channel, or an address below a prefix
 * @param from an application or a router; absent: all that publish. Throws {@link UnknownName} when the mesh has none of this name.
 */
export function explainChannel(mesh: Mesh, address: string, from?: string): Explanation {
  checkKnown(mesh, from);
  const channel = new ChannelTable(mesh.channels).find(address);
  const nothing = { publishers: [], consumers: [], deliveries: [], missing: [], seen: [] };
  if (channel === null) {
    const verdict = noChannel(address, knownText(address, [...mesh.channels.keys()]));
    return { address, from: from ?? null, flows: false, verdict, channel, ...nothing };
  }
  return new ChannelQuestion(mesh, channel, address).answer(from);
}

/** Throws {@link UnknownName}. */
export function checkKnown(mesh: Mesh, name: string | undefined): void {
  if (name === undefined || mesh.applications.has(name) || mesh.routers.has(name)) return;
  const known = [...mesh.applications.keys(), ...mesh.routers.keys()];
  throw new UnknownName(`there is no application or router '${name}'${knownText(name, known)}`);
}

export function channelExplanation(mesh: Mesh, channel: Channel): ChannelExplanation {
  const { name, isPrefix, distribution, owner, description } = channel;
  const contact = mesh.teams.get(owner)?.contact ?? '';
  return { name, isPrefix, distribution, rule: '', owner, contact, description };
}

export class ChannelQuestion {
  readonly #mesh: Mesh;
  readonly #channel: Channel;
  readonly #address: string;
  readonly #journeys: Journeys;
  readonly #access: Access;

  constructor(mesh: Mesh, channel: Channel, address: string) {
    this.#mesh = mesh;
    this.#channel = channel;
    this.#address = address;
    this.#journeys = new Journeys(mesh);
    this.#access = new Access(mesh, channel);
  }

  answer(from: string | undefined): Explanation {
    const consumers = this.participants('subscribe');
    const publishers = from === undefined ? this.participants('publish') : this.#asked(from);
    const deliveries = publishers.flatMap((publisher) => this.#deliveries(publisher, consumers));
    const parts = { publishers, consumers, deliveries };
    const missing = this.missing([...publishers, ...(from === undefined ? consumers : this.#subscriber(from))]);
    const verdict = judgeByFiles(this.#address, this.#channel, parts, from);
    return {
      address: this.#address,
      from: from ?? null,
      flows: verdict.cause === 'flows',
      verdict,
      channel: channelExplanation(this.#mesh, this.#channel),
      publishers: publishers.map(shown),
      consumers: consumers.map(shown),
      deliveries,
      missing,
      seen: [],
    };
  }

  /** All that declare it; by name. */
  participants(right: Right): Participant[] {
    const participants: Participant[] = [];
    for (const application of this.#mesh.applications.values()) {
      for (const use of application.uses) {
        if (use.right === right && use.channel === this.#channel && this.#isMeant(use)) {
          participants.push(this.participant(application, right, use));
        }
      }
    }
    return participants.sort((a, b) => (a.application < b.application ? -1 : 1));
  }

  /** What each of them would need. */
  missing(participants: readonly Pick<Participant, 'application' | 'right' | 'isAllowed'>[]): MissingGrant[] {
    return participants.flatMap(({ application: name, right, isAllowed }) => {
      const application = this.#mesh.applications.get(name);
      return isAllowed || application === undefined ? [] : this.#access.missing(application, right);
    });
  }

  /** An application that was asked about, as a subscriber: where its files say so, and where they say nothing of the channel. */
  #subscriber(from: string): Participant[] {
    const application = this.#mesh.applications.get(from);
    if (application === undefined) return [];
    const declared = this.participants('subscribe').filter((one) => one.application === from);
    if (declared.length > 0 || application.uses.some(({ channel }) => channel === this.#channel)) return declared;
    return [this.participant(application, 'subscribe', null)];
  }

  /** Whether the use has to do with the address that was asked for; all have when that is the whole prefix. */
  #isMeant({ address }: Use): boolean {
    return address === this.#address || address === this.#channel.name || this.#address === this.#channel.name;
  }

  /** The application or router that was asked about, whether it declares that it publishes or not. */
  #asked(from: string): Participant[] {
    const router = this.#mesh.routers.get(from);
    if (router !== undefined) {
      const who = { application: from, environment: router.environment, router: from, address: this.#address };
      const access = { isAllowed: true, because: 'whoever may publish there', link: null };
      return [{ ...who, ...access, right: 'publish', use: null, endpoint: router }];
    }
    const declared = this.participants('publish').filter(({ application }) => application === from);
    const application = this.#mesh.applications.get(from) as Application;
    return declared.length > 0 ? declared : [this.participant(application, 'publish', null)];
  }

  participant(application: Application, right: Right, use: Use | null): Participant {
    const endpoint = this.#journeys.endpointOf(application);
    const { isAllowed, because } = this.#access.of(application, right);
    const isUndeclared = isAllowed && use === null;
    return {
      application: application.name,
      environment: application.environment,
      router: endpoint?.id ?? '',
      address: use?.address ?? this.#address,
      isAllowed,
      because: isUndeclared ? `${because}; but its files do not say that it does` : because,
      link: null,
      right,
      use,
      endpoint,
    };
  }

  #deliveries(publisher: Participant, consumers: readonly Participant[]): DeliveryExplanation[] {
    const met = consumers.filter(({ use }) => publisher.use === null || (use !== null && doMeet(publisher.use, use)));
    const deliveries = met.map((consumer) => this.#delivery(publisher, consumer));
    return withReceives(deliveries, this.#channel.distribution);
  }

  #delivery(publisher: Participant, consumer: Participant): Omit<DeliveryExplanation, 'receives'> {
    const { application: from, endpoint: start } = publisher;
    const { application: to, endpoint: end } = consumer;
    const way = start === null || end === null ? null : this.#journeys.between(start, end);
    const because = refusedText(publisher, consumer) || (way === null ? 'there is no way between their routers' : '');
    const running = { credit: null, underWay: null };
    return { from, to, hops: way?.hops ?? [], cost: way?.cost ?? null, because, ...running };
  }
}

/** '' when both may. */
export function refusedText(...ends: readonly Pick<ParticipantExplanation, 'application' | 'isAllowed'>[]): string {
  const names = new Set(ends.filter(({ isAllowed }) => !isAllowed).map(({ application }) => application));
  return names.size === 0 ? '' : `${[...names].join(' and ')} ${names.size > 1 ? 'are' : 'is'} refused: no grant`;
}

export function shown({
  right: _right,
  use: _use,
  endpoint: _endpoint,
  ...participant
}: Participant): ParticipantExplanation {
  return participant;
}
