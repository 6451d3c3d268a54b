// A mesh of any size as files: environments in a ring with chords, teams spread over them, each with an edge, channels, applications, and a
// grant to the next team.
import type { MeshFiles } from '../model/read-mesh.ts';

export interface Size {
  readonly environments: number;
  readonly teams: number;
  readonly channelsOfTeam: number;
}

/** 100 environments, 1,000 teams, 10,000 channels. */
export const largeSize: Size = { environments: 100, teams: 1_000, channelsOfTeam: 10 };

export function largeMesh({ environments, teams, channelsOfTeam }: Size): MeshFiles {
  const names = Array.from({ length: environments }, (_, at) => `env${at}`);
  const lines = ['mesh: large', 'include: teams/*.yaml', 'environments:'];
  for (const name of names) lines.push(`  ${name}: { routers: 2, domain: ${name}.example.com }`);
  lines.push('links:');
  names.forEach((name, at) => {
    lines.push(`  - { from: ${name}, to: ${names[(at + 1) % environments]}, cost: ${5 + (at % 7)} }`);
    const chord = (at * 7 + 13) % environments;
    if (at % 4 === 0 && chord > at + 1) lines.push(`  - { from: ${name}, to: ${names[chord]}, cost: 20 }`);
  });
  const files = Array.from({ length: teams }, (_, at) => ({
    name: `teams/team${at}.yaml`,
    text: teamText(at, teams, environments, channelsOfTeam),
  }));
  return { platform: { name: 'mesh.yaml', text: `${lines.join('\n')}\n` }, teams: files, notFound: [] };
}

function teamText(team: number, teams: number, environments: number, channels: number): string {
  const name = `team${team}`;
  const next = `team${(team + 1) % teams}`;
  const before = `team${(team + teams - 1) % teams}`;
  const all = Array.from({ length: channels }, (_, at) => `${name}.channel${at}`);
  const environment = `env${team % environments}`;
  return [
    `team: ${name}`,
    `edges: { ${name}-edge: { environment: ${environment} } }`,
    'channels:',
    ...all.map((channel, at) => `  ${channel}: { distribution: ${['balanced', 'closest', 'multicast'][at % 3]} }`),
    'applications:',
    `  source: { environment: ${environment}, publishes: [${all.join(', ')}] }`,
    `  sink: { environment: ${environment}, subscribes: [${all.slice(1).join(', ')}, ${before}.channel0] }`,
    `grants: [{ channel: ${name}.channel0, to: ${next}/sink, may: subscribe }]`,
    '',
  ].join('\n');
}
