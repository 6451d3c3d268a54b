// What `weft explain` and `weft trace` have in common: they connect, walk, judge and print.
import pc from 'picocolors';
import { WeftError } from '../../host/errors.ts';
import { judge, type Verdict } from '../../management/client/explain/verdict.ts';
import { type Walk, walk } from '../../management/client/explain/walk.ts';
import { ManagementError } from '../../management/client/management-error.ts';
import { type Ask, agentOf, agentOfEdge } from '../../management/client/management-node.ts';
import type { Paper } from '../../mesh/explain/explanation-text.ts';
import { type ConnectionFlags, targetOf } from '../management/connection-flags.ts';
import { ManagementSession } from '../management/management-session.ts';

export interface WalkFlags extends ConnectionFlags {
  readonly from?: string;
  readonly json?: true;
}

export interface Walked {
  readonly walk: Walk;
  readonly verdict: Verdict;
}

/** How long each router may take, unless --timeout says so: one that hangs must not hold up the answer. */
const routerTimeoutMs = 2_000;

/** Walks of one address, over one connection. */
export class Walks {
  readonly #session: ManagementSession;
  readonly #address: string;
  readonly #ask: Ask;
  readonly #isWhole: boolean;

  private constructor(session: ManagementSession, address: string, isWhole: boolean, timeoutMs: number) {
    this.#session = session;
    this.#address = address;
    this.#isWhole = isWhole;
    this.#ask = (to, request) => session.askWithin(timeoutMs, to, request);
  }

  /**
   * Connects. Throws WeftError.
   * @param isWhole all routers are asked, not only those on the way
   * @param isTimeoutGiven --timeout was given, and holds for each router
   */
  static async open(address: string, flags: WalkFlags, isWhole: boolean, isTimeoutGiven: boolean): Promise<Walks> {
    const session = await ManagementSession.open(flags);
    const timeoutMs = isTimeoutGiven ? session.timeoutMs : Math.min(session.timeoutMs, routerTimeoutMs);
    return new Walks(session, address, isWhole, timeoutMs);
  }

  /** Begins at the first of these agents that is there. Throws WeftError. */
  async from(agents: readonly string[]): Promise<Walked> {
    const options = { address: this.#address, now: () => performance.now(), isWhole: this.#isWhole };
    for (const [at, startAt] of agents.entries()) {
      try {
        const found = await walk(this.#ask, { ...options, startAt });
        return { walk: found, verdict: judge(found) };
      } catch (error) {
        const isLast = at === agents.length - 1;
        if (isLast || !(error instanceof ManagementError) || error.code !== 'WEFT_NO_AGENT')
          throw await this.#session.explain(error, agents[0] as string);
      }
    }
    throw new WeftError('WEFT_NO_AGENT', 'there is no router to begin with');
  }

  close(): void {
    this.#session.close();
  }
}

/** Agents of a router that is interior or edge. */
export const agentsOf = (router: string): string[] => [agentOf(router), agentOfEdge(router)];

/** The agent of whoever we are connected to. */
export function agentOfBus(flags: WalkFlags): string {
  const { address } = targetOf(flags);
  return address === '' ? '$management' : address;
}

/** Standard output as it is: a terminal has a width and colours. */
export function paperOf(stream: NodeJS.WriteStream): Paper {
  const hasColors = stream.isTTY === true && !process.env['NO_COLOR'];
  const { green, red, bold } = pc.createColors(hasColors);
  const styles = { good: green, bad: red, head: bold };
  return {
    width: stream.isTTY ? stream.columns : Number.POSITIVE_INFINITY,
    paint: (text, style) => styles[style](text),
  };
}

/** What was asked and answered; an explanation says what follows of it. */
export function walkJson({ walk: found, verdict }: Walked, explanation: object = {}): string {
  const { address, from, answered, unanswered, onTheWay } = found;
  const routers = answered.map(({ facts, roundTripMs }) => ({
    isOnTheWay: onTheWay.has(facts.router),
    roundTripMs,
    ...facts,
  }));
  const flows = verdict.cause === 'flows';
  return `${JSON.stringify({ address, from, flows, verdict, ...explanation, routers, unanswered })}\n`;
}
