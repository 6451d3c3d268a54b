// What the files of a mesh may say: one schema gives their types, their validation, and the JSON Schema for editors.
//
// `mesh.yaml` is the platform's; a file of `include` is one team's and has the same sections, but only for the team's own names.
import * as z from 'zod';
import {
  applicationLengthMax,
  linkCostMax,
  routersOfEnvironmentMax,
  sampleRateMax,
  sampleWorkMaxMs,
} from '../limits.ts';
import { defaultTraffic } from './mesh.ts';
import { applicationPattern, channelAllowed, channelPattern, labelAllowed, labelPattern } from './names.ts';

/** What a value may be, in words. Not in the JSON Schema: it says the same in its own way. */
export const allowedValues = z.registry<{ readonly allowed: string }>();

function allowing<T extends z.ZodType>(allowed: string, schema: T): T {
  allowedValues.add(schema, { allowed });
  return schema;
}

const label = allowing(labelAllowed, z.string().regex(labelPattern));
const channelName = allowing(channelAllowed, z.string().regex(channelPattern));
const applicationName = allowing(
  `an application is TEAM/NAME, such as shop/web, with at most ${applicationLengthMax} characters`,
  z.string().max(applicationLengthMax).regex(applicationPattern),
);
const grantee = allowing(
  'a team, such as shop, or one application, such as shop/web',
  z.string().regex(new RegExp(`${labelPattern.source}|${applicationPattern.source}`)),
);
const words = allowing('this is a text', z.string().min(1));
const flag = allowing('this is true or false', z.boolean());
const hostLabel = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
/** What certificates can be made for: names whose last word is not a number, IPv4, IPv6. */
const hostPattern = new RegExp(
  `^(?:${hostLabel}\\.)*(?![0-9]+$)${hostLabel}$|${z.core.regexes.ipv4.source}|${z.core.regexes.ipv6.source}`,
);
const host = allowing(
  'a host is a DNS name or an IP address, without port and brackets',
  z.string().max(253).regex(hostPattern),
);
const domain = allowing(
  'a domain is a DNS name, such as aws.example.com',
  z
    .string()
    .max(180)
    .regex(new RegExp(`^(?:${hostLabel}\\.)*(?![0-9]+$)${hostLabel}$`)),
);
const port = allowing('a port is a whole number from 1 to 65535', z.int().min(1).max(65_535));
const zone = allowing(
  'a zone is a text such as eu-central-1a',
  z.string().regex(/^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/),
);
const distribution = allowing(
  'allowed are balanced, closest and multicast',
  z.enum(['balanced', 'closest', 'multicast']),
);
const namesOf = (name: z.ZodString, what: string) => allowing(`this is a list of ${what}`, z.array(name));

const router = allowing(
  'a router is a map with id, and host and zone if need be',
  z.strictObject({
    id: label.describe('Name of the router, unique in the mesh'),
    host: host
      .optional()
      .describe('Name or address under which others reach it; absent: its id in the domain of the environment'),
    zone: zone.optional().describe('Zone of the cloud that it runs in'),
  }),
);

const defaultPorts = { interRouter: 55_671, edge: 45_671, applications: 5_671, health: 8_888 };
const ports = allowing(
  'ports is a map of interRouter, edge, applications and health',
  z.strictObject({
    interRouter: port.default(defaultPorts.interRouter).describe('Where other interior routers dial'),
    edge: port.default(defaultPorts.edge).describe('Where edge routers dial'),
    applications: port.default(defaultPorts.applications).describe('Where applications connect'),
    health: port.default(defaultPorts.health).describe('HTTP, for probes: /healthz, /readyz, /metrics'),
  }),
);

const placement = allowing(
  'placement is a map of namespace and zones',
  z.strictObject({
    namespace: label.default('weft').describe('Kubernetes namespace of the routers'),
    zones: allowing('zones is a list of zones', z.array(zone).min(1))
      .optional()
      .describe('Zones over which the interior routers are spread'),
  }),
);

const environment = allowing(
  'an environment is a map; {} is one with all defaults',
  z.strictObject({
    description: words.optional().describe('For people'),
    domain: domain.optional().describe('DNS domain of its routers: aws-1 is then reached at aws-1.DOMAIN'),
    routers: allowing(
      `routers is a number from 0 to ${routersOfEnvironmentMax}, or a list of routers with an id each`,
      z.union([z.int().min(0).max(routersOfEnvironmentMax), z.array(router).max(routersOfEnvironmentMax)]),
    )
      .default(2)
      .describe('Interior routers: how many (NAME-1, NAME-2, …), or each by its id'),
    acceptsInbound: flag
      .default(true)
      .describe('Whether other environments may dial in; if not, this one only dials out'),
    directApplications: flag
      .default(true)
      .describe('Whether applications may connect to the interior routers, beside the edge routers of their team'),
    ports: ports.default(defaultPorts).describe('Ports of its routers'),
    placement: placement.default({ namespace: 'weft' }).describe('Where its routers are placed'),
  }),
);

const link = allowing(
  'a link is a map with from and to',
  z.strictObject({
    from: label.describe('Who dials: an environment, or one interior router'),
    to: label.describe('Who is dialled'),
    cost: allowing(`a cost is a whole number from 1 to ${linkCostMax}`, z.int().min(1).max(linkCostMax))
      .default(10)
      .describe('Messages take the way of the least sum of costs; links within an environment cost 1'),
    standby: flag.default(false).describe('Whether it is used only where no other way is left'),
    description: words.optional().describe('For people'),
  }),
);

const team = allowing(
  'a team is a map; {} is one with all defaults',
  z.strictObject({
    description: words.optional().describe('For people'),
    contact: words.optional().describe('Whom to ask for a grant: a mail address, a channel, a URL'),
    names: namesOf(channelName, 'names')
      .optional()
      .describe('Further first words of channels that are the team’s, beside its own name'),
  }),
);

const edgeShape = {
  environment: label.describe('Where it runs'),
  host: host
    .optional()
    .describe('Name or address under which applications reach it; absent: its id in the domain of the environment'),
  zone: zone.optional().describe('Zone of the cloud that it runs in'),
  uplinks: namesOf(label, 'interior routers or environments')
    .min(1)
    .optional()
    .describe(
      'Interior routers, or environments, that it dials, the first one first; absent: all of its own environment',
    ),
};
const channelShape = {
  match: allowing('allowed are exact and prefix', z.enum(['exact', 'prefix']))
    .default('exact')
    .describe('prefix: all addresses that begin with these words'),
  distribution: distribution
    .default('balanced')
    .describe('closest: the nearest consumers; balanced: all, by their load; multicast: each of them'),
  description: words.optional().describe('For people'),
  replies: flag.default(false).describe('Whether consumers answer to the reply address of a message'),
};
const sampleTraffic = allowing(
  'traffic is a map of ratePerSecond, workMs, rejectPercent and presettled',
  z.strictObject({
    ratePerSecond: allowing(`a rate is a whole number from 1 to ${sampleRateMax}`, z.int().min(1).max(sampleRateMax))
      .default(defaultTraffic.ratePerSecond)
      .describe('Messages a second that it sends to each address'),
    workMs: allowing(
      `this is a whole number of milliseconds up to ${sampleWorkMaxMs}`,
      z.int().min(0).max(sampleWorkMaxMs),
    )
      .default(defaultTraffic.workMs)
      .describe('Milliseconds that it takes over each message that it receives'),
    rejectPercent: allowing('a percentage is a whole number from 0 to 100', z.int().min(0).max(100))
      .default(defaultTraffic.rejectPercent)
      .describe('How many of a hundred messages it rejects'),
    presettled: flag
      .default(defaultTraffic.presettled)
      .describe('Whether it sends without asking what becomes of its messages'),
  }),
);
const applicationShape = {
  environment: label.describe('Where it runs'),
  publishes: namesOf(channelName, 'channels').default([]).describe('Channels that it publishes to'),
  subscribes: namesOf(channelName, 'channels').default([]).describe('Channels that it subscribes to'),
  traffic: sampleTraffic
    .default(defaultTraffic)
    .describe('How weft up --traffic imitates it; nothing else looks at it'),
  description: words.optional().describe('For people'),
};
const right = allowing('allowed are publish and subscribe', z.enum(['publish', 'subscribe']));
const grant = allowing(
  'a grant is a map of channel, to and may',
  z.strictObject({
    channel: channelName.describe('The channel, as it is declared'),
    to: grantee.describe('Who gets it: a team with all its applications, or one application (TEAM/NAME)'),
    may: allowing(
      'allowed are publish, subscribe, or a list of both',
      z.union([right, z.array(right).min(1)]),
    ).describe('What it allows'),
    description: words.optional().describe('For people: why'),
  }),
);

/** A map from names to entries. That names are unique and well-formed is checked where the entries are read. */
const mapOf = <T extends z.ZodType>(name: z.ZodString, entry: T, what: string) =>
  allowing(`this is a map from ${what}`, z.record(name, entry)).default({});
const grants = allowing('grants is a list of grants', z.array(grant)).default([]);

/** The platform's file. */
export const meshFileSchema = z.strictObject({
  mesh: label.describe('Name of the mesh'),
  description: words.optional().describe('For people'),
  include: allowing(
    'include is a file name, or a list of them; * is any part of a name',
    z.union([words, z.array(words)]),
  )
    .optional()
    .describe('Files of the teams, such as teams/*.yaml'),
  environments: mapOf(label, environment, 'the names of environments to what they are').describe(
    'Places with routers: clouds, regions, data centres',
  ),
  links: allowing('links is a list of links', z.array(link)).default([]).describe('Connections between environments'),
  teams: mapOf(label, team, 'the names of teams to what they are').describe('Who owns channels and applications'),
  edges: mapOf(
    label,
    allowing(
      'an edge is a map with team and environment',
      z.strictObject({ team: label.describe('Whose it is'), ...edgeShape }),
    ),
    'ids to edge routers',
  ).describe('Edge routers: a team’s own doors to the mesh'),
  channels: mapOf(
    channelName,
    allowing(
      'a channel is a map; {} is one with all defaults',
      z.strictObject({ owner: label.optional().describe('The team that says who may use it'), ...channelShape }),
    ),
    'names to channels',
  ).describe('What applications publish and subscribe to'),
  applications: mapOf(
    applicationName,
    allowing('an application is a map with environment', z.strictObject(applicationShape)),
    'TEAM/NAME to applications',
  ).describe('Who publishes and subscribes'),
  grants: grants.describe('Who else may use a channel, beside the applications of its owner'),
  operators: namesOf(applicationName, 'names (TEAM/NAME), as they stand in certificates')
    .default([])
    .describe('Who may ask the routers how they are (weft stat, weft manage, the console)'),
});

/** A team's file. */
export const teamFileSchema = z.strictObject({
  team: label.describe('Name of the team; the file is named after it'),
  description: words.optional().describe('For people'),
  contact: words.optional().describe('Whom to ask for a grant: a mail address, a channel, a URL'),
  edges: mapOf(
    label,
    allowing('an edge is a map with environment', z.strictObject(edgeShape)),
    'ids (TEAM-…) to edge routers',
  ).describe('The team’s own doors to the mesh; their ids begin with the name of the team and -'),
  channels: mapOf(
    channelName,
    allowing('a channel is a map; {} is one with all defaults', z.strictObject(channelShape)),
    'names (TEAM.…) to channels',
  ).describe('Channels that the team owns; they begin with the name of the team'),
  applications: mapOf(
    label,
    allowing('an application is a map with environment', z.strictObject(applicationShape)),
    'names to applications',
  ).describe('Applications of the team'),
  grants: grants.describe('Who else may use the channels of the team'),
});

export type MeshFile = z.infer<typeof meshFileSchema>;
export type TeamFile = z.infer<typeof teamFileSchema>;
export type EnvironmentEntry = MeshFile['environments'][string];
