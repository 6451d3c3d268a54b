// `weft mesh bundle`: what an application team needs to take part, as a folder.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { WeftError } from '../host/errors.ts';
import { readUpFile, type UpFile } from '../local/work-folder.ts';
import { type Bundle, bundleOf, type PlaceOf, remotePlaces } from '../mesh/bundle/bundle.ts';
import { bundleFiles, type Credentials } from '../mesh/bundle/bundle-files.ts';
import { sampleLanguages } from '../mesh/bundle/sample-languages.ts';
import type { Mesh } from '../mesh/model/mesh.ts';
import { UnknownName } from '../mesh/model/unknown-name.ts';
import { openPki } from '../pki/change.ts';
import { issueAll } from '../pki/issue.ts';
import { goodMeshOrThrow } from './mesh-render.ts';
import { packageRoot } from './package-root.ts';
import { issuedLines } from './pki-options.ts';
import { UsageError } from './usage-error.ts';
import { type FileChanges, WrittenFolder } from './written-folder.ts';

interface BundleOptions {
  readonly mesh?: string;
  readonly pki?: string;
  readonly up?: string;
  readonly out?: string;
  readonly json?: true;
}

const notes = `
APP is an application (shop/web), or an operator of the mesh. The folder holds README.md, connection.json (endpoints and
channels, for programs), ca.pem, cert.pem and key.pem, and samples/ in five languages. It may be moved anywhere; \`weft send\`,
\`receive\`, \`stat\`, \`manage\`, \`explain\` and \`trace\` take it with --bundle.
The certificate is made, or renewed in the last third of its time, by the authority in --pki. With --up, endpoints and
authority are those of a running \`weft up --dir DIR\`. Run again, it brings the folder up to date: samples and README.md that
somebody has changed are left as they are.
Exit code 0: written. 1: the mesh has faults, or it is refused. 2: wrong usage.`;

export function meshBundleCommand(): Command {
  return new Command('bundle')
    .description('Write what an application team needs: endpoints, certificate, channels, samples.')
    .argument('<app>', 'the application, TEAM/APP')
    .option('--mesh <file>', "the platform's file, or its folder (default: mesh.yaml)")
    .option('--pki <dir>', 'the folder of `weft pki` (default: pki)')
    .option('--up <dir>', 'the folder of a running `weft up`, instead of --mesh and --pki')
    .option('-o, --out <folder>', 'where to (default: TEAM-APP)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', notes)
    .action(writeBundle);
}

async function writeBundle(application: string, options: BundleOptions): Promise<void> {
  const { up = null, out = application.replace('/', '-') } = options;
  if (up !== null && (options.mesh ?? options.pki) !== undefined) {
    throw new UsageError('give --up, or --mesh and --pki: a running `weft up` has both');
  }
  const running = up === null ? null : upFileIn(up);
  const mesh = goodMeshOrThrow(running?.mesh ?? options.mesh ?? 'mesh.yaml');
  const bundle = known(mesh, application, running === null ? remotePlaces(mesh) : localPlaces(running));
  const folder = new WrittenFolder<{ application: string }>(out, kind);
  const other = folder.manifest?.application ?? application;
  if (other !== application) {
    throw new WeftError(
      'WEFT_MESH_UNWRITABLE',
      `${out} holds the bundle of ${other}`,
      'Name another folder with --out.',
    );
  }
  const credentials = await issued(mesh, application, up === null ? (options.pki ?? 'pki') : join(up, 'pki'));
  const changes = folder.writeAll(bundleFiles(bundle, credentials, readSamples()), { application });
  for (const path of changes.left) process.stderr.write(`${join(out, path)} was changed, and is left as it is\n`);
  process.stdout.write(
    options.json ? `${JSON.stringify({ ok: true, out, ...changes }, null, 2)}\n` : summary(bundle, out, changes),
  );
}

const kind = {
  command: 'weft mesh bundle',
  manifest: '.weft/bundle.json',
  isPrivate: true,
  // A sample is there to be changed; that must not keep the certificate from being renewed.
  mayLeave: (path: string) => path.startsWith('samples/') || path === 'README.md',
};

function known(mesh: Mesh, application: string, placeOf: PlaceOf): Bundle {
  try {
    return bundleOf(mesh, application, placeOf);
  } catch (error) {
    if (error instanceof UnknownName) throw new UsageError(error.message);
    throw error;
  }
}

function upFileIn(dir: string): UpFile {
  const up = readUpFile(dir);
  if (up === null) throw new UsageError(`${dir} is not the folder of a \`weft up\`: give the one of its --dir`);
  if (up.pid === null) process.stderr.write(`no \`weft up\` runs in ${dir} now; these are the ports of the last one\n`);
  return up;
}

/**
 * Routers on loopback, by the name `localhost`: some libraries (Qpid Proton's) compare the host that they dial with names only, never
 * with addresses.
 */
function localPlaces({ ports }: UpFile): PlaceOf {
  return ({ id }) => {
    const port = ports[id]?.applications;
    if (port !== undefined) return { host: 'localhost', port };
    const remedy = 'Its files were changed since: let the running `weft up` take them first.';
    throw new WeftError('WEFT_MESH_INVALID', `the running mesh has no router ${id}`, remedy);
  };
}

/** Its certificate, made now if need be. An authority of another mesh would make one that nobody takes. */
async function issued(mesh: Mesh, application: string, pki: string): Promise<Credentials> {
  const { state } = await openPki(pki);
  if (state.mesh !== mesh.name) {
    const what = `${pki} is the certificate authority of mesh ${state.mesh}, not of ${mesh.name}`;
    throw new WeftError('WEFT_MESH_INVALID', what, `Name the folder of its own: weft pki init ${mesh.name} --dir DIR`);
  }
  const list = await issueAll(pki, [{ kind: 'app', name: application }]);
  const [one] = list;
  if (one?.outcome !== 'kept') process.stderr.write(issuedLines(list).join(''));
  const read = (path: string): string => readFileSync(path, 'utf8');
  return { ca: read(join(pki, 'ca.pem')), cert: read(one?.certFile ?? ''), key: read(one?.keyFile ?? '') };
}

/** The sources of this package, by path within samples/. */
function readSamples(): Map<string, string> {
  const root = new URL('samples/', packageRoot());
  const paths = sampleLanguages.flatMap(({ folder, files }) => files.map((file) => `${folder}/${file}`));
  return new Map(paths.map((path) => [path, readFileSync(new URL(path, root), 'utf8')]));
}

function summary({ application, endpoints, channels, isOperator }: Bundle, out: string, changes: FileChanges): string {
  const { created, changed, removed, same } = changes;
  const rights = isOperator ? 'ask routers how they are' : `use ${channels.length} channels`;
  const first = endpoints[0];
  const where = first === undefined ? 'nowhere to connect' : `connects to ${first.host}:${first.port}`;
  const more = endpoints.length > 1 ? ` and ${endpoints.length - 1} more` : '';
  return (
    `${out}: ${application} ${where}${more}, and may ${rights}\n` +
    `${created.length + changed.length + same.length} files: ${created.length} new, ${changed.length} changed, ` +
    `${removed.length} removed, ${same.length} as they were; see ${join(out, 'README.md')}\n`
  );
}
