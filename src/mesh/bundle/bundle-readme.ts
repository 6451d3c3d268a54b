// README.md of a bundle: for the application team, who may never have heard of the mesh.
import { type Bundle, type BundleChannel, isApplication, isUsed } from './bundle.ts';
import { sampleLanguages } from './sample-languages.ts';

/** Channels that are described one by one; connection.json has them all. */
const describedMax = 100;

export function bundleReadme(bundle: Bundle): string {
  const { application } = bundle;
  return [
    `# ${application} in mesh ${bundle.mesh}`,
    '',
    ...whatThisIs(bundle),
    '',
    '## Where to connect',
    '',
    ...endpointLines(bundle),
    '',
    ...(isApplication(bundle) ? messagingLines(bundle) : []),
    ...(bundle.isOperator ? ['## Looking at routers', '', ...operatorLines, ''] : []),
    '## The certificate',
    '',
    ...certificateLines(bundle),
    '',
  ].join('\n');
}

function messagingLines(bundle: Bundle): string[] {
  const used = bundle.channels.filter(isUsed);
  const rest = bundle.channels.filter((one) => !isUsed(one));
  return [
    ...['## Channels', '', ...channelLines(used, rest), ''],
    ...['## Try it', '', ...sampleLines(bundle), ''],
    ...['## When it is refused', '', ...refusalLines(bundle), ''],
  ];
}

function whatThisIs(bundle: Bundle): string[] {
  const { application, environment, isOperator, mesh } = bundle;
  const where = environment === '' ? '' : `, an application in ${environment},`;
  const operator = isOperator ? ' It is an operator: it may ask routers how they are.' : '';
  return [
    `All that ${application}${where} needs to take part in mesh ${mesh}.${operator} Written by \`weft mesh bundle\`.`,
    '',
    '| file | |',
    '| --- | --- |',
    '| `connection.json` | endpoints, channels and file names, for programs |',
    '| `ca.pem` | the authority that vouches for the routers |',
    `| \`cert.pem\`, \`key.pem\` | who you are: ${application}. **Keep key.pem to yourselves**: whoever has it is ${application} |`,
    ...(isApplication(bundle) ? [samplesRow, '', ...aboutMessages] : []),
  ];
}

const samplesRow = '| `samples/` | a program to begin with, in five languages |';
const aboutMessages = [
  'Messages are AMQP 1.0, and every AMQP 1.0 client works. Routers keep no messages: a sender waits for credit until a consumer is there, and',
  'each message that it sends ends in one outcome: *accepted* (a consumer has it), *rejected* (a consumer refuses it), *released* (nobody got it)',
  'or *modified* (in doubt: its consumer, or a router on the way, was lost).',
];

function endpointLines({ endpoints }: Bundle): string[] {
  if (endpoints.length === 0) return ['Nowhere: the mesh has no router for it. Ask the platform team.'];
  return [
    'In this order: the first one that answers, and when it is lost the next. TLS with the certificate (SASL EXTERNAL); check the name of the router.',
    '',
    '| router | host | port |',
    '| --- | --- | --- |',
    ...endpoints.map(({ router, host, port }) => `| ${router} | ${host} | ${port} |`),
  ];
}

function channelLines(used: readonly BundleChannel[], rest: readonly BundleChannel[]): string[] {
  const lines = used.length === 0 ? ['The files of the mesh name none that it uses.'] : [];
  lines.push(...used.slice(0, describedMax).flatMap(describedLines));
  if (used.length > describedMax) lines.push(`… and ${used.length - describedMax} more: see connection.json.`, '');
  if (rest.length > 0) {
    if (lines.at(-1) !== '') lines.push('');
    const names = rest.slice(0, describedMax).map(({ channel, may }) => `${channel} (${may.join(', ')})`);
    const more = rest.length > describedMax ? ` and ${rest.length - describedMax} more` : '';
    lines.push(`Allowed besides, though its file does not name them: ${names.join(', ')}${more}.`);
  }
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

const distributions = {
  balanced: 'balanced: each message goes to one consumer, by their load',
  closest: 'closest: each message goes to the nearest consumer',
  multicast: 'multicast: each consumer gets each message',
} as const;

function describedLines(channel: BundleChannel): string[] {
  const { may, by, publishes, subscribes, owner, contact, description } = channel;
  const right = (name: 'publish' | 'subscribe', verb: string, addresses: readonly string[]): string[] => {
    if (addresses.length === 0) return [];
    const why = may.includes(name) ? `by ${by[name]}` : '**but it is not allowed: there is no grant**';
    return [`- ${verb} ${addresses.map((one) => `\`${one}\``).join(', ')}, ${why}`];
  };
  const whose = owner === '' ? 'nobody owns it' : `owned by ${owner}${contact === '' ? '' : ` (${contact})`}`;
  return [
    `**${channel.channel}**${channel.match === 'prefix' ? ', and all below it' : ''}${description === '' ? '' : `: ${description}`}`,
    '',
    ...right('publish', 'publishes to', publishes),
    ...right('subscribe', 'consumes from', subscribes),
    `- ${distributions[channel.distribution]}`,
    `- ${whose}`,
    ...(channel.replies
      ? ['- with replies: a request names a reply address, which the router makes up, and the consumer answers there']
      : []),
    '',
  ];
}

const operatorLines = [
  'From this folder:',
  '',
  '```sh',
  'weft stat --bundle . -n        # the routers of the network',
  'weft stat --bundle . -c        # connections; -l links, -a addresses, -r ROUTER of another router',
  'weft explain CHANNEL --bundle . # where a message would go now, and why not',
  '```',
];

function sampleLines({ application, channels }: Bundle): string[] {
  const to = channels.find(({ publishes, replies }) => publishes.length > 0 && !replies)?.publishes[0];
  const from = channels.find(({ subscribes }) => subscribes.length > 0)?.subscribes[0];
  const asked = channels.find(({ publishes, replies }) => publishes.length > 0 && replies)?.publishes[0];
  const served = channels.find(({ subscribes, replies }) => subscribes.length > 0 && replies)?.subscribes[0];
  const words = [
    ...(to === undefined ? [] : [`send ${to} hello`]),
    ...(from === undefined ? [] : [`receive ${from}`]),
    ...(asked === undefined ? [] : [`request ${asked} hello`]),
    ...(served === undefined ? [] : [`serve ${served}`]),
  ];
  return [
    'With Weft itself, from this folder: `weft send --bundle . CHANNEL TEXT`, `weft receive --bundle . CHANNEL`.',
    '',
    'The samples do the same, in the language of your application. Each is run in its own folder, and takes the same words:',
    '',
    '| words | |',
    '| --- | --- |',
    '| `send CHANNEL [TEXT] [--count N]` | publishes, waits for the outcome of each message, and prints it |',
    '| `receive CHANNEL [--count N]` | consumes, accepts and prints; without `--count` until Ctrl-C |',
    '| `request CHANNEL [TEXT] [--count N]` | publishes requests, and prints the answers |',
    '| `serve CHANNEL [--count N]` | answers requests with their own text |',
    '',
    'Exit codes: 0 done, 1 a message was rejected, 2 wrong words or a file that cannot be read, 3 the channel was refused, 4 no endpoint takes',
    'the connection. `WEFT_BUNDLE` names this folder when the program is run from elsewhere.',
    '',
    '| language | client library | needs | prepare | run |',
    '| --- | --- | --- | --- | --- |',
    ...sampleLanguages.map(
      ({ name, folder, library, needs, prepare, run }) =>
        `| ${name} (\`samples/${folder}\`) | ${library} | ${needs} | ${prepare === '' ? '' : `\`${prepare}\``} | \`${run}\` |`,
    ),
    '',
    ...(words.length === 0 ? [] : [`For ${application}: ${words.map((one) => `\`${one}\``).join(', ')}.`, '']),
    ...sampleLanguages.flatMap(({ note }) => (note === '' ? [] : [note])),
  ];
}

function refusalLines({ application }: Bundle): string[] {
  return [
    'Everything that is not allowed is denied. A refusal names the rule (`targetPattern`: publishing, `sourcePattern`: consuming) and the group of',
    'the policy that it was judged by. Ask the team that owns the channel, at the address above; what it has to write is one line:',
    '',
    '```yaml',
    'grants:',
    `  - { channel: CHANNEL, to: ${application}, may: publish } # or subscribe`,
    '```',
    '',
    `\`weft explain CHANNEL --mesh mesh.yaml --from ${application}\` says, on the files of the mesh, which grant is missing and whom to ask.`,
  ];
}

function certificateLines({ application }: Bundle): string[] {
  return [
    '`openssl x509 -in cert.pem -noout -enddate` tells how long it is good. Connections that are open go on when it ends; new ones are refused.',
    `Before that the platform team runs \`weft mesh bundle ${application}\` again: it renews the certificate in its last third, and changes nothing`,
    'else. Bring `ca.pem`, `cert.pem` and `key.pem` to where your application reads them; it takes them when it connects anew. When the',
    'authority of the mesh is replaced, `ca.pem` comes first, and holds two.',
  ];
}
