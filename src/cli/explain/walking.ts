// What `weft explain` and `weft trace` have in common: they connect, walk, judge and print.
import pc from 'picocolors';
import { WeftError } from '../../host/errors.ts';
import { judge, type Verdict } from '../../management/client/explain/verdict.ts';
import { type Walk, walk } from '../../management/client/explain/walk.ts';
import { ManagementError } from '../../management/client/management-error.ts';
import { type Ask, agentOf, agentOfEdge } from '../../management/client/management-node.ts';
import { type ConnectionFlags, targetOf } from '../management/connection-flags.ts';
import { ManagementSession } from '../management/management-session.ts';
import type { Paper } from './explain-text.ts';

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

/** Throws WeftError. */
export async function walkFrom(address: string, flags: WalkFlags, isTimeoutGiven: boolean): Promise<Walked> {
  const session = await ManagementSession.open(flags);
  const timeoutMs = isTimeoutGiven ? session.timeoutMs : Math.min(session.timeoutMs, routerTimeoutMs);
  const ask: Ask = (to, request) => session.askWithin(timeoutMs, to, request);
  const now = (): number => performance.now();
  const starts = startsOf(flags);
  try {
    for (const [at, startAt] of starts.entries()) {
      try {
        const found = await walk(ask, { address, startAt, now });
        return { walk: found, verdict: judge(found) };
      } catch (error) {
        const isLast = at === starts.length - 1;
        if (isLast || !(error instanceof ManagementError) || error.code !== 'WEFT_NO_AGENT') throw error;
      }
    }
    throw new WeftError('WEFT_NO_AGENT', 'there is no router to begin with');
  } catch (error) {
    throw await session.explain(error, starts[0] as string);
  } finally {
    session.close();
  }
}

/** Agents to begin with: whoever we are connected to, or the router named, interior or edge. */
function startsOf(flags: WalkFlags): string[] {
  const { from } = flags;
  if (from !== undefined) return [agentOf(from), agentOfEdge(from)];
  const { address } = targetOf(flags);
  return [address === '' ? '$management' : address];
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

export function walkJson({ walk: found, verdict }: Walked): string {
  const { address, from, answered, unanswered, onTheWay } = found;
  const routers = answered.map(({ facts, roundTripMs }) => ({
    isOnTheWay: onTheWay.has(facts.router),
    roundTripMs,
    ...facts,
  }));
  return `${JSON.stringify({ address, from, flows: verdict.cause === 'flows', verdict, routers, unanswered })}\n`;
}
