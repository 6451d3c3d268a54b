// The live view as lines of text: pure, so that it can be looked at in a test.
//
//   Weft   6 routers, 12 applications in two clouds, 4 channels           00:01:12
//
//   ROUTER     KIND         CLOUD    MSG/S    UPTIME  STATE
//   north-edge edge         north    900.0  00:01:12  up
//   north-1    interior     north      0.0            killed
//   north-1 killed 1 s ago: resumed after 18 ms, 4 modified, 0 released
//
//   CHANNEL    APPLICATION  CLOUD    MSG/S     TOTAL   P50 MS   P99 MS
//   orders     shop         north    300.0    12,345  all accepted
//    balanced  packing-1    north    140.2     5,600     0.31     1.20
import { answerText, clockText, countText, lastEventText, msText, outcomeText, rateText } from './figure-text.ts';
import { type ApplicationFigures, type ChannelFigures, type RouterFigures, type Snapshot, urlOf } from './snapshot.ts';

export type Style = 'plain' | 'bold' | 'dim' | 'good' | 'bad';

export interface Span {
  readonly text: string;
  readonly style: Style;
}

export type Line = readonly Span[];

const widths = { channel: 11, application: 13, cloud: 6, rate: 8, total: 10, latency: 9 };

/** At most `columns` wide and `rows` high; what does not fit is left out from the least important on. */
export function layOut(snapshot: Snapshot, columns: number, rows: number): Line[] {
  const [title, ...explanation] = header(snapshot, columns) as [Line, ...Line[]];
  const routers = [routersHead(), ...snapshot.routers.map(routerLine)];
  const event = eventLine(snapshot);
  const channels = [tableHead(), ...snapshot.channels.flatMap(channelLines)];
  const problems = snapshot.problems.slice(-3).map((problem): Line => [{ text: firstLine(problem), style: 'bad' }]);
  const foot = [blank, ...suggestions(snapshot), ...problems];
  const variants = [
    [title, ...explanation, blank, ...routers, event, blank, ...channels, ...foot],
    [title, ...routers, event, blank, ...channels, ...problems],
    [title, ...routers, event, ...channels, ...problems],
    [...routers, event, ...problems],
  ];
  const lines = variants.find((variant) => variant.length <= rows) ?? (variants.at(-1) as Line[]).slice(0, rows);
  return lines.map((line) => cut(line, columns));
}

const blank: Line = [];

function header({ uptimeSeconds, routers, channels }: Snapshot, columns: number): Line[] {
  const applications = channels.reduce((sum, one) => sum + one.publishers.length + one.consumers.length, 0);
  const title = `${routers.length} routers, ${applications} applications in two clouds, ${channels.length} channels`;
  const clock = clockText(uptimeSeconds);
  return [
    [
      { text: 'Weft', style: 'bold' },
      { text: `   ${title}`.padEnd(columns - 4 - clock.length), style: 'plain' },
      { text: clock, style: 'dim' },
    ],
    [
      {
        text: 'Applications know a channel, and the edge router of their cloud. The mesh finds',
        style: 'dim',
      },
    ],
    [{ text: 'who is to have each message, and brings back what became of it.', style: 'dim' }],
  ];
}

function routersHead(): Line {
  const { channel, application, cloud, rate, total } = widths;
  const text =
    'ROUTER'.padEnd(channel) +
    'KIND'.padEnd(application) +
    'CLOUD'.padEnd(cloud) +
    'MSG/S'.padStart(rate) +
    'UPTIME'.padStart(total);
  return [{ text: `${text}  STATE`, style: 'dim' }];
}

function routerLine({ router, state, deliveriesPerSecond, uptimeSeconds }: RouterFigures): Line {
  const { channel, application, cloud, rate, total } = widths;
  const isUp = state === 'up';
  const kindAndCloud = router.kind.padEnd(application) + router.cloud.padEnd(cloud);
  const figures = isUp ? [rateText(deliveriesPerSecond), clockText(uptimeSeconds)] : ['', ''];
  return [
    { text: router.name.padEnd(channel), style: 'bold' },
    { text: kindAndCloud + figures[0]?.padStart(rate) + figures[1]?.padStart(total), style: 'plain' },
    { text: `  ${state}`, style: isUp ? 'good' : 'bad' },
  ];
}

function eventLine(snapshot: Snapshot): Line {
  const text = lastEventText(snapshot);
  return [{ text, style: snapshot.losses.length > 0 ? 'bold' : 'dim' }];
}

function tableHead(): Line {
  const { channel, application, cloud, rate, total, latency } = widths;
  const text =
    'CHANNEL'.padEnd(channel) +
    'APPLICATION'.padEnd(application) +
    'CLOUD'.padEnd(cloud) +
    'MSG/S'.padStart(rate) +
    'TOTAL'.padStart(total) +
    'P50 MS'.padStart(latency) +
    'P99 MS'.padStart(latency);
  return [{ text, style: 'dim' }];
}

function channelLines(figures: ChannelFigures): Line[] {
  const applications = [...figures.publishers, ...figures.consumers];
  return applications.map((one, index): Line => {
    const first: Span =
      index === 0
        ? { text: figures.channel.name.padEnd(widths.channel), style: 'bold' }
        : { text: (index === 1 ? ` ${figures.channel.distribution}` : '').padEnd(widths.channel), style: 'dim' };
    return [first, ...applicationSpans(one), ...lastSpans(one, figures)];
  });
}

function applicationSpans({ application, counts, sentPerSecond, receivedPerSecond }: ApplicationFigures): Span[] {
  const sends = application.role === 'publishes';
  const rate = rateText(sends ? sentPerSecond : receivedPerSecond).padStart(widths.rate);
  const total = countText(sends ? counts.sent : counts.received).padStart(widths.total);
  const name = application.name.padEnd(widths.application) + application.cloud.padEnd(widths.cloud);
  return [{ text: name + rate + total, style: 'plain' }];
}

/** Of a consumer: its latency. Of a publisher: what became of its messages. */
function lastSpans(one: ApplicationFigures, figures: ChannelFigures): Span[] {
  if (one.application.role === 'publishes') {
    const text = outcomeText({ ...figures, publishers: [one] });
    return [
      { text: `  ${text}`, style: /rejected|released|modified/.test(text) ? 'bad' : 'good' },
      { text: answerText(one), style: 'plain' },
    ];
  }
  if (one.latencyMs === null) return [];
  const { p50, p99 } = one.latencyMs;
  return [{ text: msText(p50).padStart(widths.latency) + msText(p99).padStart(widths.latency), style: 'plain' }];
}

function suggestions(snapshot: Snapshot): Line[] {
  const [north, south] = [urlOf(snapshot, 'north'), urlOf(snapshot, 'south')];
  return [
    [{ text: 'Try in another terminal, and watch (Ctrl-C here ends everything):', style: 'dim' }],
    [{ text: `  node bin/weft.js receive ${north}/telemetry --count 5`, style: 'plain' }],
    [{ text: `  node bin/weft.js send ${south}/orders "one more" --count 100`, style: 'plain' }],
    [{ text: `  node bin/weft.js send ${south}/prices "how much?" --request`, style: 'plain' }],
  ];
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] as string;
}

/** The line without what lies beyond `columns`. */
export function cut(line: Line, columns: number): Line {
  const spans: Span[] = [];
  let left = columns;
  for (const { text, style } of line) {
    if (left <= 0) break;
    spans.push({ text: text.slice(0, left), style });
    left -= text.length;
  }
  return spans;
}

/** The line as text, without trailing blanks; `paint` colours a piece. */
export function textOf(line: Line, paint: (text: string, style: Style) => string = (text) => text): string {
  const end = line.findLastIndex(({ text }) => text.trim() !== '');
  return line
    .slice(0, end + 1)
    .map(({ text, style }, index) => paint(index === end ? text.trimEnd() : text, style))
    .join('');
}
