// The live view as lines: pure, so that it can be looked at in a test.
//
//   Weft  two-clouds: 6 routers, 12 applications, 4 channels            00:01:12
//
//   ROUTER     MODE      ENVIRONMENT  CLIENTS    MSG/S    UPTIME  STATE
//   aws-1      interior  aws                0    186.6  00:01:12  up
//   4 links up; uplinks 2 up, 2 standby
//   aws-2 killed 1 s ago: resumed after 18 ms, 4 modified, 0 released
//
//   CHANNEL    …
import { channelLines, leftOutLine, rateLines, useLines } from './channel-lines.ts';
import { clockText, countText, listed, lossText, plural } from './figure-text.ts';
import { bad, blank, bold, cut, dim, type Line, plain, type Room } from './lines.ts';
import { linkLines, linksLine, routerLines } from './router-lines.ts';
import type { Snapshot } from './snapshot.ts';

const routersLeast = 4;
const problemsShown = 3;
const eventsShown = 4;
const endless = (columns: number): Room => ({ columns, rows: Number.POSITIVE_INFINITY });

/** At most `columns` wide and `rows` high; what does not fit is told in fewer words, then counted. */
export function layOut(snapshot: Snapshot, columns: number, rows: number): Line[] {
  const variants = [roomy, snug, tight];
  const drawn = variants.map((variant) => variant(snapshot, columns));
  const lines = drawn.find(({ length }) => length <= rows) ?? counted(snapshot, columns, rows);
  return lines.slice(0, rows).map((line) => cut(line, columns));
}

/** Everything, with space between. */
function roomy(snapshot: Snapshot, columns: number): Line[] {
  return [
    title(snapshot, columns),
    blank,
    ...routerLines(snapshot.figures, endless(columns)),
    blank,
    ...linkLines(snapshot.figures, columns),
    blank,
    ...channels(snapshot, columns),
    blank,
    ...history(snapshot, eventsShown),
    ...problems(snapshot),
  ];
}

/** The links in one line. */
function snug(snapshot: Snapshot, columns: number): Line[] {
  return [
    title(snapshot, columns),
    blank,
    ...routerLines(snapshot.figures, endless(columns)),
    linksLine(snapshot.figures),
    ...history(snapshot, 0),
    blank,
    ...channels(snapshot, columns),
    ...problems(snapshot),
  ];
}

function tight(snapshot: Snapshot, columns: number): Line[] {
  return snug(snapshot, columns).filter((line) => line !== blank);
}

/** One line a channel, and of routers and channels those that are of most interest. */
function counted(snapshot: Snapshot, columns: number, rows: number): Line[] {
  const { figures, traffic } = snapshot;
  const about = [linksLine(figures), ...history(snapshot, 0)];
  const foot = [...(traffic === null ? [] : [leftOutLine(traffic)]), ...problems(snapshot)].filter(
    (line) => line !== null,
  );
  const left = rows - 1 - about.length - foot.length;
  const ofChannels = 1 + (traffic ?? figures).channels.length;
  const half = Math.max(routersLeast, Math.floor(left / 2), left - ofChannels);
  const routers = routerLines(figures, { columns, rows: Math.max(2, Math.min(left, half)) });
  const forChannels = left - routers.length;
  const channelRows = forChannels < 3 ? [] : briefChannels(snapshot, { columns, rows: forChannels });
  return [title(snapshot, columns), ...routers, ...about, ...channelRows, ...foot];
}

function briefChannels({ figures, traffic }: Snapshot, room: Room): Line[] {
  return traffic === null ? rateLines(figures.channels, room) : channelLines(traffic, room);
}

function channels({ figures, traffic }: Snapshot, columns: number): Line[] {
  if (traffic === null) return rateLines(figures.channels, endless(columns));
  return [...useLines(traffic, columns), ...[leftOutLine(traffic)].filter((line) => line !== null)];
}

function title({ mesh, uptimeSeconds, figures, traffic, environments, teams }: Snapshot, columns: number): Line {
  const clients = figures.routers.reduce((sum, { applications }) => sum + applications, 0);
  const clock = clockText(uptimeSeconds);
  const counts = [
    plural(figures.routers.length, 'router'),
    ...(columns < 100 ? [] : [`${plural(environments, 'environment')}`, plural(teams, 'team')]),
    traffic === null ? plural(clients, 'client') : plural(traffic.applications, 'application'),
    plural(figures.channels.length, 'channel'),
  ];
  const text = `  ${mesh}: ${counts.join(', ')}`;
  return [
    bold('Weft'),
    plain(text.slice(0, Math.max(0, columns - 6 - clock.length)).padEnd(columns - 4 - clock.length)),
    dim(clock),
  ];
}

/** What the last loss did, or what is to come; and so many events before. */
function history(snapshot: Snapshot, events: number): Line[] {
  const { uptimeSeconds, losses, nextLoss } = snapshot;
  const lines = snapshot.events
    .filter(({ isProblem }) => !isProblem)
    .slice(-Math.max(1, events))
    .map(({ atSeconds, text }): Line => [dim(`${clockText(atSeconds)} ${firstLine(text)}`)]);
  const loss = losses.at(-1);
  if (loss !== undefined) {
    const text = `${loss.router} killed ${countText(uptimeSeconds - loss.atSeconds)} s ago: ${lossText(loss)}`;
    return [...(events === 0 ? [] : lines), [bold(text)]];
  }
  if (nextLoss === null) return lines;
  const inSeconds = Math.max(1, Math.ceil(nextLoss.atSeconds - uptimeSeconds));
  const whom = nextLoss.routers.map((name) => (name === 'busiest' ? 'the busiest interior router' : name));
  return [...(events === 0 ? [] : lines), [dim(`In ${inSeconds} s ${listed(whom)} will be killed.`)]];
}

function problems(snapshot: Snapshot): Line[] {
  return snapshot.problems.slice(-problemsShown).map((problem): Line => [bad(firstLine(problem))]);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] as string;
}
