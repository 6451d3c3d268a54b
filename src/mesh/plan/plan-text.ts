// A plan as lines for people.
//
//   + router   aws-3            joins without a break; ways may change
//   ~ link     azure-1:aws-1    cost 5 instead of 10: the connection is made anew
//   - channel  shop.orders      shop/web can use it no longer                        IN USE
import { wrapped } from '../explain/explanation-text.ts';
import type { Plan, PlannedChange } from './plan.ts';

const signs: Record<PlannedChange['kind'], string> = { create: '+', change: '~', remove: '-' };
const whatWidth = 'application'.length;
/** Changes told one by one; the rest is counted. */
const changesShownMax = 200;

export function planText({ changes, ways }: Plan): string {
  if (changes.length === 0) return 'Nothing changes.\n';
  const lines = [...changeLines(changes, '; --json tells all'), '', ...summary(changes, ways)];
  return lines.map((line) => `${line}\n`).join('');
}

/** @param hint where the rest is told, when there are too many */
export function changeLines(changes: readonly PlannedChange[], hint = ''): string[] {
  const shown = changes.slice(0, changesShownMax);
  const lines = shown.flatMap((change) => [changeLine(change), ...wrapped(change.effect, ' '.repeat(whatWidth + 4))]);
  if (changes.length > shown.length) lines.push(`… and ${changes.length - shown.length} more${hint}`);
  return lines;
}

/** Without what it does to traffic. */
export function changeLine({ kind, what, name, isRemovalInUse }: PlannedChange): string {
  return `${signs[kind]} ${what.padEnd(whatWidth)}  ${name}${isRemovalInUse ? '  IN USE' : ''}`;
}

function summary(changes: readonly PlannedChange[], { pairs, changed, cut }: Plan['ways']): string[] {
  const count = (kind: PlannedChange['kind']): number => changes.filter((change) => change.kind === kind).length;
  const counts = `${count('create')} to create, ${count('change')} to change, ${count('remove')} to remove.`;
  const paths = `Of ${pairs} pairs of applications that stay, ${changed} take another way, ${cut.length} lose each other${cut.length > 0 ? ':' : '.'}`;
  const inUse = changes.filter(({ isRemovalInUse }) => isRemovalInUse).length;
  return [
    ...wrapped(`${counts} ${paths}`, ''),
    ...cut.slice(0, changesShownMax).map((pair) => `  ${pair}`),
    ...(inUse > 0
      ? wrapped(
          `${inUse} of them ${inUse === 1 ? 'takes' : 'take'} away what applications use: rendering this needs --allow-removal.`,
          '',
        )
      : []),
  ];
}
