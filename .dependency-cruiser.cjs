// The walls between the rooms of src/. The table is the one of ARCHITECTURE.md; scripts/rooms.test.ts runs it.
const rooms = {
  kit: [],
  address: ['kit'],
  amqp: ['kit'],
  engine: ['amqp', 'kit'],
  linkstate: ['kit'],
  schema: ['kit'],
  core: ['engine', 'amqp', 'address', 'linkstate', 'kit'],
  policy: ['core', 'schema', 'amqp', 'address', 'kit'],
  'management/agent': ['core', 'engine', 'schema', 'amqp', 'address', 'linkstate', 'kit'],
  'management/client': ['engine', 'schema', 'amqp', 'kit'],
  router: ['policy', 'management/agent', 'core', 'engine', 'amqp', 'address', 'linkstate', 'schema', 'kit'],
  host: ['router', 'schema', 'kit'],
  mesh: ['schema', 'address', 'policy', 'linkstate', 'kit'],
  pki: ['kit'],
  simulator: ['mesh', 'router', 'engine', 'amqp', 'schema', 'management/client', 'kit'],
  local: ['mesh', 'pki', 'host', 'management/client', 'schema', 'kit'],
  cli: ['schema', 'mesh', 'pki', 'local', 'host', 'simulator', 'management/client', 'kit'],
};
// From kit to router: no Node, no clock, no dice, and no library but `yaml` in schema.
const pure = [
  'kit',
  'address',
  'amqp',
  'engine',
  'linkstate',
  'schema',
  'core',
  'policy',
  'management/agent',
  'management/client',
  'router',
  'mesh',
];
const libraries = {
  schema: ['yaml'],
  mesh: ['yaml', 'zod'],
  pki: ['@peculiar/x509', 'reflect-metadata'],
  host: ['pino', 'ws', 'prom-client'],
  cli: ['commander', 'rhea', 'picocolors'],
  local: ['rhea', 'picocolors'],
};

const walls = Object.entries(rooms).map(([room, may]) => ({
  name: `room-${room}`,
  comment: `${room} may import only itself${may.length ? ` and ${may.join(', ')}` : ''}`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: '\\.(test|prop)\\.ts$|/testing/' },
  to: { path: '^src/', pathNot: `^src/(${[room, ...may].join('|')})/` },
}));
const purity = pure.map((room) => ({
  name: `pure-${room}`,
  comment: `${room} has no I/O`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: '\\.(test|prop)\\.ts$|/testing/' },
  to: { dependencyTypes: ['core'] },
}));
const packages = Object.keys(rooms).map((room) => ({
  name: `packages-${room}`,
  comment: `${room} uses only the libraries named for it`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: '\\.(test|prop)\\.ts$|/testing/' },
  to: { path: 'node_modules', pathNot: `node_modules/(${(libraries[room] ?? ['$none']).join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...walls,
    ...purity,
    ...packages,
    {
      name: 'no-circles',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
