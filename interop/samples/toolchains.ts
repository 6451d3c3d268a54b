// The samples of a bundle, and what of their toolchains this machine has.
import { spawnSync } from 'node:child_process';
import { type SampleLanguage, sampleLanguages } from '../../src/mesh/bundle/sample-languages.ts';
import type { Need } from '../case.ts';
import { findPython } from '../programs.ts';

/** A sample that can be prepared and run. */
export interface Toolchain {
  readonly language: SampleLanguage;
  /** The program and words that prepare it once; empty: nothing to do here. */
  readonly prepare: readonly string[];
  /** Those that run it, without its own. */
  readonly run: readonly string[];
}

/** By the folder of the sample: what a machine may lack for it. */
const needs: Readonly<Record<string, Need>> = { python: 'python', java: 'java', go: 'go', csharp: 'dotnet' };

export const needsOfSample = ({ folder }: SampleLanguage): Need[] => [needs[folder] ?? []].flat();

/** Whether the toolchain is here: null, or what is missing. */
export function missingFor(need: Need): string | null {
  const runs = (...words: [string, ...string[]]): boolean =>
    spawnSync(words[0], words.slice(1), { stdio: 'ignore' }).status === 0;
  switch (need) {
    case 'java':
      return runs('javac', '-version') && runs('mvn', '-v')
        ? null
        : 'no JDK with Maven: apt-get install default-jdk-headless maven';
    case 'go':
      return runs('go', 'version') ? null : 'no Go: apt-get install golang-go';
    case 'dotnet':
      return runs('dotnet', '--version') ? null : 'no .NET SDK: the C# sample is NOT RUN';
    case 'python':
      return findPython() === null ? 'no Proton Python: apt-get install python3-qpid-proton' : null;
    default:
      return null;
  }
}

/** Those that this machine has, by README.md of the bundle but for packages that the suite has already. */
export function findToolchains(): Toolchain[] {
  return sampleLanguages
    .filter((language) => needsOfSample(language).every((need) => missingFor(need) === null))
    .map((language) => {
      const run = language.run.split(' ').slice(0, -1);
      if (language.folder === 'javascript') return { language, prepare: [], run: [process.execPath, ...run.slice(1)] };
      if (language.folder === 'python')
        return { language, prepare: [], run: [findPython() as string, '-B', ...run.slice(1)] };
      return { language, prepare: language.prepare.split(' '), run };
    });
}
