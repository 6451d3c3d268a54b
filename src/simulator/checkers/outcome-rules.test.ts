import { describe, expect, test } from 'vitest';
import { type Copy, State } from '../witness/records.ts';
import { mergedOutcome } from './outcome-rules.ts';

interface Fate {
  readonly said?: number;
  readonly settled?: boolean;
  readonly isPresettled?: boolean;
  readonly isLost?: boolean;
  readonly defaultOutcome?: number;
  readonly isMulticast?: boolean;
}

function copy({
  said,
  settled = said !== undefined,
  isPresettled,
  isLost,
  defaultOutcome = 0,
  isMulticast,
}: Fate): Copy {
  return {
    settled: isPresettled === true,
    isComplete: isPresettled === true && isLost !== true,
    said: said === undefined ? null : { code: said, bytes: new Uint8Array(0) },
    isSettled: settled,
    link: { endedAt: isLost === true ? 1 : -1, defaultOutcome },
    message: { channel: { distribution: isMulticast === true ? 'multicast' : 'closest' } },
  } as unknown as Copy;
}

describe('of one copy', () => {
  const fates: [string, Fate, number | null][] = [
    ['accepted is accepted', { said: State.Accepted }, State.Accepted],
    ['released is released', { said: State.Released }, State.Released],
    ['a lost consumer leaves doubt', { isLost: true }, State.Modified],
    ['what was said before the loss stands', { said: State.Accepted, isLost: true }, State.Accepted],
    [
      'a state that was not settled before the loss does not',
      { said: State.Accepted, settled: false, isLost: true },
      State.Modified,
    ],
    ['nothing is said yet', {}, null],
    ['a state alone settles nothing', { said: State.Accepted, settled: false }, null],
    [
      'a state alone settles a copy of a multicast',
      { said: State.Rejected, settled: false, isMulticast: true },
      State.Rejected,
    ],
    ['no state means the default outcome', { said: State.None, defaultOutcome: State.Released }, State.Released],
    ['no state and no default leaves doubt', { said: State.None }, State.Modified],
    ['received is no outcome', { said: State.Received }, State.Modified],
    ['pre-settled and whole is accepted', { isPresettled: true }, State.Accepted],
    ['pre-settled and lost half-way leaves doubt', { isPresettled: true, isLost: true }, State.Modified],
  ];
  test.each(fates)('%s', (_name, fate, outcome) => expect(mergedOutcome([copy(fate)])).toBe(outcome));
});

describe('of several copies', () => {
  const { Accepted, Rejected, Released, Modified } = State;
  test.each([
    ['one rejected rejects all', [Accepted, Rejected, Modified], Rejected],
    ['one accepted is enough', [Released, Accepted, Modified], Accepted],
    ['doubt beats nobody', [Released, Modified], Modified],
    ['nobody is nobody', [Released, Released], Released],
  ])('%s', (_name, said, outcome) => expect(mergedOutcome(said.map((code) => copy({ said: code })))).toBe(outcome));

  test('all are waited for', () => expect(mergedOutcome([copy({ said: Accepted }), copy({})])).toBeNull());
});
