import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WeftError } from '../host/errors.ts';
import type { MeshFiles } from '../mesh/model/read-mesh.ts';
import { MeshWatch } from './mesh-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const files = (text: string, ...teams: string[]): MeshFiles => ({
  platform: { name: 'mesh.yaml', text },
  teams: teams.map((team) => ({ name: `teams/${team}.yaml`, text: `team: ${team}` })),
  notFound: [],
});

/** What it tells of, as a file that changes is looked at twice in each of these states. */
async function toldOf(...states: (MeshFiles | WeftError)[]): Promise<(string | number)[]> {
  let state: MeshFiles | WeftError = files('one');
  const told: (string | number)[] = [];
  const read = (): MeshFiles => {
    if (state instanceof WeftError) throw state;
    return state;
  };
  const watch = new MeshWatch(read, files('one'), async (found) => {
    told.push(found instanceof WeftError ? found.message : `${found.platform.text} ${found.teams.length}`);
  });
  for (state of states) await vi.advanceTimersByTimeAsync(1_000);
  watch.close();
  await vi.advanceTimersByTimeAsync(10_000);
  return told;
}

test('a change is told once, also of a file that is matched anew, and of files that cannot be read', async () => {
  const lost = new WeftError('WEFT_MESH_UNREADABLE', 'gone');
  expect(await toldOf(files('one'), files('two'), files('two'), files('two', 'a'), lost, lost, files('two'))).toEqual([
    'two 0',
    'two 1',
    'gone',
    'two 0',
  ]);
});

test('what differs at every look is half a file', async () => {
  let length = 0;
  const told: string[] = [];
  const read = (): MeshFiles => files('half a file'.slice(0, Math.min(++length, 11)));
  const watch = new MeshWatch(read, files(''), async (found) => {
    told.push((found as MeshFiles).platform.text);
  });
  await vi.advanceTimersByTimeAsync(20_000);
  watch.close();
  expect(told).toEqual(['half a file']);
});
