// An explanation of a running mesh, with what the files of the mesh know of it: grants, owners, and who ought to be there.
import { Access } from '../../mesh/explain/access.ts';
import { askForGrants } from '../../mesh/explain/by-files-verdict.ts';
import { ChannelQuestion, channelExplanation, shown } from '../../mesh/explain/explain.ts';
import type { ChannelExplanation, Explanation, ParticipantExplanation } from '../../mesh/explain/explanation.ts';
import { ChannelTable } from '../../mesh/model/channel-table.ts';
import type { Application, Channel, Mesh, Right } from '../../mesh/model/mesh.ts';
import { knownText } from '../../mesh/model/unknown-name.ts';

/** Addresses below a prefix that are named. */
const namedMax = 6;

/**
 * @param start the router where the walk began
 * @param application the one that was asked about, if it was one
 */
export function withFiles(
  running: Explanation,
  mesh: Mesh,
  start: string,
  application: Application | undefined,
): Explanation {
  const channel = new ChannelTable(mesh.channels).find(running.address);
  if (channel === null) {
    const known = knownText(running.address, [...mesh.channels.keys()]);
    return { ...running, seen: [...running.seen, `the files have no channel '${running.address}'${known}`] };
  }
  return new Comparison(running, mesh, channel, start).answer(application);
}

class Comparison {
  readonly #running: Explanation;
  readonly #mesh: Mesh;
  readonly #channel: Channel;
  readonly #start: string;
  readonly #access: Access;
  readonly #question: ChannelQuestion;

  constructor(running: Explanation, mesh: Mesh, channel: Channel, start: string) {
    this.#start = start;
    this.#running = running;
    this.#mesh = mesh;
    this.#channel = channel;
    this.#access = new Access(mesh, channel);
    this.#question = new ChannelQuestion(mesh, channel, running.address);
  }

  answer(application: Application | undefined): Explanation {
    const running = this.#running;
    const absent = (right: Right) => (application === undefined ? this.#absent(right) : []);
    const publishers = running.publishers.map((one) => this.#compared(one, 'publish'));
    const consumers = running.consumers.map((one) => this.#compared(one, 'subscribe'));
    const missing = [...this.#missing(publishers, 'publish'), ...this.#missing(consumers, 'subscribe')];
    if (application !== undefined && ![...publishers, ...consumers.filter(isRefused)].some(isOf(application))) {
      publishers.push(this.#asAsked(application));
      missing.push(...this.#question.answer(application.name).missing);
    }
    const told = {
      ...running,
      channel: this.#channelOf(running.channel),
      publishers: [...publishers, ...absent('publish')],
      consumers: [...consumers, ...absent('subscribe')],
      missing,
      seen: [...running.seen, ...this.#seen()],
    };
    return application === undefined ? advised(told) : this.#judged(told, application);
  }

  /** Interior routers know the distribution of each channel; an edge that of the channels of its applications. */
  get #isToldByAll(): boolean {
    return this.#mesh.routers.get(this.#start)?.mode === 'interior';
  }

  #channelOf(running: ChannelExplanation | null): ChannelExplanation {
    const channel = channelExplanation(this.#mesh, this.#channel);
    if (running === null || !this.#isToldByAll) return channel;
    return { ...channel, distribution: running.distribution, rule: running.rule };
  }

  /** Somebody who is seen: by which grant, or by which one not. */
  #compared(one: ParticipantExplanation, right: Right): ParticipantExplanation {
    const application = this.#mesh.applications.get(one.application);
    if (application === undefined) {
      const isRouter = this.#mesh.routers.has(one.application);
      return isRouter ? one : { ...one, because: `${one.because}; not in the files` };
    }
    const { environment } = application;
    const { isAllowed, because } = this.#access.of(application, right);
    if (isAllowed === one.isAllowed)
      return { ...one, environment, because: isAllowed ? because : `${because}; by ${one.because}` };
    const differs = isAllowed
      ? `by ${one.because}; but the files allow it (${because})`
      : `${one.because}; but the files have ${because}`;
    return { ...one, environment, because: differs };
  }

  /** The application that was asked about, when it does not publish now. */
  #asAsked(application: Application): ParticipantExplanation {
    const declared = this.#question.participants('publish').find((one) => one.application === application.name);
    return notAttached(shown(declared ?? this.#question.participant(application, 'publish', null)));
  }

  /** Whose files say that they use this very address, and who are not seen. */
  #absent(right: Right): ParticipantExplanation[] {
    const all = right === 'publish' ? this.#running.publishers : this.#running.consumers;
    const there = new Set(all.map(({ application }) => application));
    return this.#question
      .participants(right)
      .filter(({ application, address }) => address === this.#running.address && !there.has(application))
      .map((one) => notAttached(shown(one)));
  }

  #missing(all: readonly ParticipantExplanation[], right: Right): Explanation['missing'] {
    return all.flatMap(({ application: name }) => {
      const application = this.#mesh.applications.get(name);
      return application === undefined ? [] : this.#access.missing(application, right);
    });
  }

  #seen(): string[] {
    const { distribution, isPrefix, name } = this.#channel;
    const { address, channel } = this.#running;
    const seen: string[] = [];
    if (this.#isToldByAll && channel !== null && channel.distribution !== distribution)
      seen.push(
        `the files say ${distribution}, and the router where it begins ${channel.distribution}: has it been rendered and applied?`,
      );
    const others = [...this.#question.participants('publish'), ...this.#question.participants('subscribe')];
    const below = [...new Set(others.map((one) => one.address))].filter((one) => one !== address).sort();
    if (isPrefix && address === name && below.length > 0) {
      const more = below.length > namedMax ? ` and ${below.length - namedMax} more` : '';
      seen.push(
        `${name} is a prefix; each address below it is an address of its own: ${below.slice(0, namedMax).join(', ')}${more}`,
      );
    }
    return seen;
  }

  /** What was asked about is an application: whether it may comes before whether somebody consumes. */
  #judged(told: Explanation, { name }: Application): Explanation {
    const { verdict } = told;
    const refused = [...told.publishers, ...told.consumers].find((one) => one.application === name && isRefused(one));
    if (refused === undefined) return told;
    const missing = told.missing.filter(({ application }) => application === name);
    if (missing.length === 0) {
      const remedy = `The files allow it: render them and apply them to ${refused.router}; weft mesh plan -b URL tells what differs.`;
      return { ...told, verdict: { ...verdict, remedy } };
    }
    const rights = [...new Set(missing.map(({ right }) => right))].join(' and ');
    const isSeen = verdict.cause === 'policy' && verdict.text.startsWith(`${name} may not `);
    const how = isSeen ? verdict.text.slice(verdict.text.indexOf(': ')) : '';
    const text = `${name} may not ${rights} to ${told.address}: there is no grant${how.replace(/^: /, '; ')}`;
    return {
      ...told,
      flows: false,
      verdict: { cause: 'no-grant', text, remedy: askForGrants, router: refused.router },
    };
  }
}

/** Where policy is the cause, the files know more than the rule. */
function advised(told: Explanation): Explanation {
  if (told.verdict.cause !== 'policy' || told.missing.length === 0) return told;
  return { ...told, verdict: { ...told.verdict, cause: 'no-grant', remedy: askForGrants } };
}

const isRefused = ({ isAllowed }: ParticipantExplanation): boolean => !isAllowed;
const isOf =
  ({ name }: Application) =>
  ({ application }: ParticipantExplanation): boolean =>
    application === name;

function notAttached(one: ParticipantExplanation): ParticipantExplanation {
  return { ...one, router: '', because: `${one.because}; not attached` };
}
