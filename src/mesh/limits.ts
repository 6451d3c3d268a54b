// Bounds on a mesh and its files. They are written by the people who run it: the bounds keep a slip (a binary file, a generated file
// gone wrong) from taking the process down, and names within what certificates, file systems and Kubernetes can carry.

/** Characters of one file. */
export const fileLengthMax = 16 * 1024 * 1024;

/** Files that one mesh may include. */
export const filesMax = 20_000;

/** Values that the aliases of one file may make of it. */
export const aliasesMax = 1_000;

/** Characters of the name of an environment, a team, a router or an application: a DNS label. */
export const nameLengthMax = 63;

/** Characters of `team/application`: the common name of its certificate has no room for more (RFC 5280, ub-common-name). */
export const applicationLengthMax = 64;

/** Characters of a channel's name. */
export const channelLengthMax = 256;

/** Words of a channel's name, which stand between `.` or `/`. */
export const channelWordsMax = 64;

/** Interior routers of one environment: they are all linked with each other. */
export const routersOfEnvironmentMax = 16;

/** Routers that one application or operator is told to connect to: whoever tries them in turn has long given up by then. */
export const bundleEndpointsMax = 64;

/** Routers of a mesh, edges included. */
export const routersMax = 50_000;

/** Cost of a link. */
export const linkCostMax = 1_000;

/** Is added to the cost of a standby link, so that every path without one is cheaper: 1,000 links of the highest cost. */
export const standbyCost = linkCostMax * 1_000;

/** Messages a second that a sample application sends to one address. */
export const sampleRateMax = 1_000;

/** What a sample application may take over one message. */
export const sampleWorkMaxMs = 60_000;

/** Faults of one run that are told; what is behind them is only counted. */
export const faultsShownMax = 200;
