// Where a router of ours says something else than what was recorded, and why. Everything else must be equal, line by line; and what is
// listed here must be seen, or the list is out of date.

export interface Deviation {
  readonly reason: string;
  /** Labels of a conversation's links; everywhere when left out. */
  readonly where?: RegExp;
  /** What was recorded; null when it is only ours. */
  readonly recorded: RegExp | null;
  /** A text: what stands in its place. A pattern: lines of ours, set against the recorded ones. Null: nothing is said. */
  readonly weft: RegExp | string | null;
}

/** In every conversation. */
export const everywhere: readonly Deviation[] = [
  {
    reason: 'operators can tell the products apart',
    recorded: /"qpid-dispatch-router", sym"version": "[^"]*"/,
    weft: '"weft-router", sym"version": "0"',
  },
  {
    reason: 'handles are bounded by memory',
    recorded: /handleMax=2147483647/,
    weft: 'handleMax=32767',
  },
  {
    reason: 'a receiver has no initial-delivery-count (§2.7.3)',
    recorded: /(Attach\(role=true.*), initialDeliveryCount=0/,
    weft: '$1',
  },
];

export type Lines = readonly (readonly [label: string, lines: readonly string[]])[];

export interface Comparison {
  /** The recorded lines as they should be said here, and the lines that are said; without what deviations explain. */
  readonly recorded: Record<string, string[]>;
  readonly ours: Record<string, string[]>;
  /** Deviations that were not seen, by their reasons. */
  readonly unseen: string[];
}

export function compare(recorded: Lines, ours: Lines, deviations: readonly Deviation[]): Comparison {
  const seen = new Set<string>();
  const see = (deviation: Deviation, side: string): true => {
    seen.add(`${deviations.indexOf(deviation)} ${side}`);
    return true;
  };
  const comparison: Comparison = {
    recorded: collect(recorded, (label, line) => {
      let text: string | null = line;
      for (const deviation of deviations) {
        if (text === null || !isAt(deviation, label) || deviation.recorded?.test(text) !== true) continue;
        see(deviation, 'recorded');
        text = typeof deviation.weft === 'string' ? text.replace(deviation.recorded, deviation.weft) : null;
      }
      return text;
    }),
    ours: collect(ours, (label, line) => {
      const explained = deviations.some(
        (one) => one.weft instanceof RegExp && isAt(one, label) && one.weft.test(line) && see(one, 'weft'),
      );
      return explained ? null : line;
    }),
    unseen: [],
  };
  for (const [index, { reason, recorded: then, weft: now }] of deviations.entries()) {
    const isMissed =
      (then !== null && !seen.has(`${index} recorded`)) || (now instanceof RegExp && !seen.has(`${index} weft`));
    if (isMissed) comparison.unseen.push(reason);
  }
  return comparison;
}

function isAt({ where }: Deviation, label: string): boolean {
  return where === undefined || where.test(label);
}

function collect(lines: Lines, keep: (label: string, line: string) => string | null): Record<string, string[]> {
  const collected: Record<string, string[]> = {};
  for (const [label, said] of lines) {
    const kept = said.flatMap((line) => keep(label, line) ?? []);
    if (kept.length > 0) collected[label] = kept;
  }
  return collected;
}
