import { expect, test } from 'vitest';
import { meshOfText, starterMesh } from '../testing/starter-mesh.ts';
import { bundleOf, remotePlaces } from './bundle.ts';
import { bundleFiles } from './bundle-files.ts';
import { bundleReadme } from './bundle-readme.ts';
import { ConnectionFault, connectionText, readConnection } from './connection-file.ts';

const starter = starterMesh();
const packing = bundleOf(starter, 'warehouse/packing', remotePlaces(starter));

test('endpoints are those of the application, at the addresses and ports of its environment, in the order in which it tries them', () => {
  expect(packing.endpoints).toEqual([
    { router: 'warehouse-azure', host: 'warehouse-azure.azure.example.com', port: 5671 },
    { router: 'azure-1', host: 'azure-1.azure.example.com', port: 5671 },
    { router: 'azure-2', host: 'azure-2.azure.example.com', port: 5671 },
  ]);
});

test('channels are those that it uses, with the grant, then those that it may use besides', () => {
  expect(packing.channels.map(({ channel, may, by, publishes }) => [channel, may, by, publishes])).toEqual([
    ['shop.orders', ['subscribe'], { subscribe: 'grant to warehouse' }, []],
    ['shop.prices', ['publish'], { publish: 'grant to warehouse/packing' }, ['shop.prices']],
    [
      'warehouse.shipped',
      ['publish', 'subscribe'],
      { publish: 'owner: warehouse', subscribe: 'owner: warehouse' },
      ['warehouse.shipped'],
    ],
    [
      'warehouse.telemetry',
      ['publish', 'subscribe'],
      { publish: 'owner: warehouse', subscribe: 'owner: warehouse' },
      [],
    ],
  ]);
  expect(packing.channels[1]).toMatchObject({ replies: true, owner: 'shop', contact: 'shop@example.com' });
});

test('addresses under a prefix are told as they are written', () => {
  const { channels } = bundleOf(starter, 'warehouse/scanner', remotePlaces(starter));
  expect(channels[0]).toMatchObject({ match: 'prefix', publishes: ['warehouse.telemetry.scanner-1'], subscribes: [] });
});

const operated = meshOfText(`
mesh: m
operators: [platform/console, a/x]
environments:
  one: { domain: one.example.com, ports: { applications: 1234 } }
  two: { domain: two.example.com, directApplications: false }
links: [{ from: two, to: one }]
teams: { a: {} }
edges: { a-one: { environment: one, team: a } }
channels: { a.c: { owner: a } }
applications: { a/x: { environment: one, publishes: [a.c] } }
`);

test('an operator connects to interior routers that take applications; one that is an application, as that', () => {
  const console = bundleOf(operated, 'platform/console', remotePlaces(operated));
  expect(console).toMatchObject({ isOperator: true, environment: '', channels: [] });
  expect(console.endpoints).toEqual([
    { router: 'one-1', host: 'one-1.one.example.com', port: 1234 },
    { router: 'one-2', host: 'one-2.one.example.com', port: 1234 },
  ]);
  const x = bundleOf(operated, 'a/x', remotePlaces(operated));
  expect([x.isOperator, x.endpoints.map(({ router }) => router)]).toEqual([true, ['a-one', 'one-1', 'one-2']]);
});

test('who is not in the mesh has no bundle; the near name is told', () => {
  expect(() => bundleOf(operated, 'platform/consol', remotePlaces(operated))).toThrow(
    "there is no application or operator 'platform/consol' in mesh m; did you mean 'platform/console'?",
  );
});

test.each([
  ['application', packing],
  ['operator', bundleOf(operated, 'platform/console', remotePlaces(operated))],
] as const)('README.md for an %s', async (name, bundle) => {
  await expect(bundleReadme(bundle)).toMatchFileSnapshot(`../golden/bundle-${name}.txt`);
});

test('connection.json is read as it was written', async () => {
  await expect(connectionText(packing)).toMatchFileSnapshot('../golden/bundle-connection.txt');
  const { application, isOperator, endpoints } = packing;
  const files = { form: 1, ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem' };
  expect(readConnection(connectionText(packing))).toEqual({ ...files, application, isOperator, endpoints });
});

test.each([
  ['{', 'it is not JSON'],
  ['[]', 'the whole: '],
  [connectionText({ ...packing, endpoints: [] }), 'endpoints: '],
  [connectionText(packing).replace('"ca.pem"', '"../ca.pem"'), 'ca: a file beside connection.json'],
  [connectionText(packing).replace('5671', '0'), 'endpoints.0.port: '],
])('what is no connection.json is told: %#', (text, message) => {
  expect(() => readConnection(text)).toThrow(ConnectionFault);
  expect(() => readConnection(text)).toThrow(message);
});

test('files stand in the order of their paths', () => {
  const credentials = { ca: 'CA', cert: 'CERT', key: 'KEY' };
  const files = bundleFiles(packing, credentials, new Map([['go/main.go', 'package main']]));
  expect([...files.keys()]).toEqual([
    'README.md',
    'ca.pem',
    'cert.pem',
    'connection.json',
    'key.pem',
    'samples/go/main.go',
  ]);
  expect([files.get('key.pem'), files.get('samples/go/main.go')]).toEqual(['KEY', 'package main']);
});
