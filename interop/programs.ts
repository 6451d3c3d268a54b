// Which clients this machine has, and how to start them. The one on Proton C++ is compiled first.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Need } from './case.ts';
import type { Library } from './client.ts';
import { clientSources, rheaProgram } from './places.ts';
import { missingFor } from './samples/toolchains.ts';

export interface Machine {
  readonly programs: Map<Library, readonly string[]>;
  /** What is not here, and why. */
  readonly missing: Map<Need, string>;
}

const linking = ['-Wl,--copy-dt-needed-entries', '-lqpid-proton-cpp'];

/**
 * Looks for what is needed, and compiles into `folder`. Throws when Proton C++ is there but our client does not compile.
 */
export async function exploreMachine(folder: string, needs: ReadonlySet<Need>): Promise<Machine> {
  const programs = new Map<Library, readonly string[]>([['rhea', [process.execPath, rheaProgram]]]);
  const missing = new Map<Need, string>();
  if (needs.has('python')) {
    const python = findPython();
    if (python === null) missing.set('python', 'no Proton Python: apt-get install python3-qpid-proton');
    else programs.set('python', [python, '-B', join(clientSources, 'client.py')]);
  }
  if (needs.has('cpp')) {
    const compiler = process.env['CXX'] ?? 'g++';
    if (hasProtonCpp(compiler, folder)) programs.set('cpp', [await compileCpp(compiler, folder)]);
    else missing.set('cpp', 'no Proton C++: apt-get install g++ libqpid-proton-cpp12-dev');
  }
  if (needs.has('prometheus') && !hasPrometheus())
    missing.set('prometheus', 'no Prometheus: apt-get install prometheus');
  for (const need of ['java', 'go', 'dotnet'] as const) {
    const lack = needs.has(need) ? missingFor(need) : null;
    if (lack !== null) missing.set(need, lack);
  }
  if (!hasIpv6()) missing.set('ipv6', 'no IPv6 on loopback');
  if (process.platform !== 'linux') missing.set('linux', 'needs /proc');
  return { programs, missing };
}

const hasPrometheus = (): boolean =>
  ['prometheus', 'promtool'].every((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0);

export function findPython(): string | null {
  // A Python of the user's own may come first in PATH and not see Debian's packages.
  for (const python of ['python3', '/usr/bin/python3']) {
    if (spawnSync(python, ['-c', 'import proton.reactor'], { stdio: 'ignore' }).status === 0) return python;
  }
  return null;
}

/** Whether a program that uses the library can be built, whatever it is called on this system. */
function hasProtonCpp(compiler: string, folder: string): boolean {
  const args = ['-std=c++17', '-x', 'c++', '-', '-o', join(folder, 'probe'), ...linking];
  const input = '#include <proton/container.hpp>\nint main() { proton::container probe; }\n';
  return spawnSync(compiler, args, { input, stdio: ['pipe', 'ignore', 'ignore'] }).status === 0;
}

function compileCpp(compiler: string, folder: string): Promise<string> {
  const program = join(folder, 'proton-cpp-client');
  const args = ['-std=c++17', join(clientSources, 'client.cpp'), '-o', program, ...linking];
  return new Promise((resolve, reject) => {
    let complaint = '';
    const child = spawn(compiler, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (text) => {
      complaint += text;
    });
    child.once('close', (code) => {
      if (code === 0 && existsSync(program)) resolve(program);
      else reject(new Error(`${compiler} cannot compile interop/clients/client.cpp:\n${complaint}`));
    });
  });
}

const hasIpv6 = (): boolean =>
  Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));
