// A case: one thing that holds between real programs, and how to see it.
import type { Library } from './client.ts';
import type { World } from './world.ts';

/** What a machine may lack. rhea is always there. */
export type Need = Exclude<Library, 'rhea'> | 'ipv6' | 'linux' | 'prometheus' | 'java' | 'go' | 'dotnet';

/** May be missing even where everything is required; it is told all the same. */
export const optionalNeeds: readonly Need[] = ['dotnet'];

export interface Case {
  /** A sentence; `--only` looks for text in it. */
  readonly name: string;
  readonly needs?: readonly Need[];
  /** `npm test` runs it: here it runs only when it is asked for. */
  readonly isUnitTest?: boolean;
  /** Throws when something is not as it should be. */
  run(world: World): Promise<void>;
}

export const needsOf = (...libraries: readonly Library[]): Need[] =>
  [...new Set(libraries)].filter((library) => library !== 'rhea');

/** One case for each of these libraries. */
export function forEach(libraries: readonly Library[], make: (library: Library) => Omit<Case, 'needs'>): Case[] {
  return libraries.map((library) => ({ needs: needsOf(library), ...make(library) }));
}

/** One case for each pair of sending and receiving library. */
export function forEachPair(
  libraries: readonly Library[],
  make: (from: Library, to: Library) => Omit<Case, 'needs'>,
): Case[] {
  return libraries.flatMap((from) => libraries.map((to) => ({ needs: needsOf(from, to), ...make(from, to) })));
}
