// Three ways to show the same figures: drawn in place on a terminal, as lines, as JSON.
import pc from 'picocolors';
import { jsonLine } from './json-line.ts';
import { layOut, type Style, textOf } from './layout.ts';
import { type Snapshot, urlOf } from './snapshot.ts';
import { eventLines, progressLines, summaryLines } from './summary.ts';

export interface View {
  /** Called once a second. */
  show(snapshot: Snapshot): void;
  /** The last word; nothing is shown afterwards. */
  end(snapshot: Snapshot): void;
}

/** The part of a `tty.WriteStream` that is used. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
const clearToEndOfLine = '\x1b[K';
const clearBelow = '\x1b[J';
const clearScreen = '\x1b[2J\x1b[H';

/**
 * Redraws in place: the cursor goes up to the first line of the last picture, and each line is written over, so nothing is ever
 * blank in between. What stood on the terminal before stays there.
 */
export class TerminalView implements View {
  readonly #terminal: Terminal;
  readonly #paint: (text: string, style: Style) => string;
  #height = 0;
  #columns = 0;

  constructor(terminal: Terminal, hasColors: boolean) {
    this.#terminal = terminal;
    this.#paint = painter(hasColors);
  }

  show(snapshot: Snapshot): void {
    const { columns = 80, rows = 24 } = this.#terminal;
    // A terminal of another width has wrapped the former picture anew: only a clean one is sure to be right.
    const up =
      this.#columns !== 0 && this.#columns !== columns ? clearScreen : this.#height > 0 ? `\x1b[${this.#height}A` : '';
    this.#columns = columns;
    const lines = layOut(snapshot, columns, rows - 1).map(
      (line) => `${textOf(line, this.#paint)}${clearToEndOfLine}\n`,
    );
    this.#height = lines.length;
    this.#terminal.write(`${hideCursor}\r${up}${lines.join('')}${clearBelow}`);
  }

  end(snapshot: Snapshot): void {
    this.#terminal.write(`${showCursor}${summaryLines(snapshot).join('\n')}\n`);
  }
}

function painter(hasColors: boolean): (text: string, style: Style) => string {
  const colors = pc.createColors(hasColors);
  const paint = { bold: colors.bold, dim: colors.dim, good: colors.green, bad: colors.yellow };
  return (text, style) => (style === 'plain' ? text : paint[style](text));
}

/** Lines, for files and pipes: at once, then every few seconds, and when something happens to a router. */
export class LinesView implements View {
  readonly #write: (text: string) => void;
  readonly #everySeconds: number;
  #shownAt = Number.NEGATIVE_INFINITY;
  #isIntroduced = false;
  readonly #told = new Set<string>();

  constructor(write: (text: string) => void, everySeconds = 5) {
    this.#write = write;
    this.#everySeconds = everySeconds;
  }

  show(snapshot: Snapshot): void {
    if (!this.#isIntroduced) {
      this.#isIntroduced = true;
      this.#shownAt = snapshot.uptimeSeconds;
      this.#print(introduction(snapshot));
    }
    this.#tellEvents(snapshot);
    if (snapshot.uptimeSeconds - this.#shownAt < this.#everySeconds) return;
    this.#shownAt += this.#everySeconds;
    this.#print(progressLines(snapshot));
  }

  end(snapshot: Snapshot): void {
    this.#print(summaryLines(snapshot));
  }

  /** Each once. */
  #tellEvents(snapshot: Snapshot): void {
    const lines = eventLines(snapshot).filter((line) => !this.#told.has(line));
    for (const line of lines) this.#told.add(line);
    if (lines.length > 0) this.#print(lines);
  }

  #print(lines: readonly string[]): void {
    this.#write(lines.map((line) => `${line}\n`).join(''));
  }
}

function introduction(snapshot: Snapshot): string[] {
  const [north, south] = [urlOf(snapshot, 'north'), urlOf(snapshot, 'south')];
  const routers = snapshot.routers.map(({ router, pid }) => `${router.name} (process ${pid})`).join(', ');
  return [
    'Weft: a mesh of routers and sample applications in two clouds.',
    `Routers: ${routers}.`,
    `Applications of the north connect to ${north}, of the south to ${south}.`,
    'Figures every few seconds. Meanwhile try, in another terminal:',
    `  node bin/weft.js receive ${north}/telemetry --count 5`,
    `  node bin/weft.js send ${south}/orders "one more" --count 100`,
    '',
  ];
}

/** One object a second, and the last one is marked. */
export class JsonView implements View {
  readonly #write: (text: string) => void;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  show(snapshot: Snapshot): void {
    this.#write(`${jsonLine(snapshot, false)}\n`);
  }

  end(snapshot: Snapshot): void {
    this.#write(`${jsonLine(snapshot, true)}\n`);
  }
}
