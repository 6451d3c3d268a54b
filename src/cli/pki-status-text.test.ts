import { chmod, rm, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { initPki } from '../pki/init.ts';
import { issueAll } from '../pki/issue.ts';
import { issueByNext, trustNext } from '../pki/rotate.ts';
import { readStatus } from '../pki/status.ts';
import { daysLater, start, testFolder } from '../pki/testing/folder.ts';
import { statusText } from './pki-status-text.ts';

const folder = testFolder();
const { path, read } = folder;
const shown = async (days: number) =>
  `\n${statusText({ ...(await readStatus(folder.dir, { now: daysLater(days) })), dir: 'pki' })}`;

test('nothing but an authority', async () => {
  await initPki(folder.dir, { mesh: 'two-clouds', now: start });
  expect(await shown(0)).toBe(`
two-clouds in pki

AUTHORITY  SUBJECT                      GOOD UNTIL  DAYS LEFT  SIGNED  STATE
1          CN=authority 1,O=two-clouds  2028-02-29        730       0  issuing

no certificates yet: weft pki issue router NAME --host HOST

no rotation is under way
`);
});

test('the whole of a rotation, and whatever can be wrong', async () => {
  await initPki(folder.dir, { mesh: 'two-clouds', now: start });
  const list = ['aws-1', 'aws-2', 'azure-1'].map(
    (name) => ({ kind: 'router', name, hosts: [`${name}.example`] }) as const,
  );
  await issueAll(folder.dir, list, { now: start });
  await issueAll(folder.dir, [{ kind: 'app', name: 'payments/ledger' }], { now: start, days: 5 });
  await trustNext(folder.dir, daysLater(2));
  expect(await shown(2)).toBe(`
two-clouds in pki

AUTHORITY  SUBJECT                      GOOD UNTIL  DAYS LEFT  SIGNED  STATE
1          CN=authority 1,O=two-clouds  2028-02-29        728       4  issuing
2          CN=authority 2,O=two-clouds  2028-03-02        730       0  next

CERTIFICATE          SUBJECT                                          ISSUER  GOOD UNTIL  DAYS LEFT  STATE
router aws-1         CN=aws-1,OU=routers,O=two-clouds                      1  2026-03-31         28  good
router aws-2         CN=aws-2,OU=routers,O=two-clouds                      1  2026-03-31         28  good
router azure-1       CN=azure-1,OU=routers,O=two-clouds                    1  2026-03-31         28  good
app payments/ledger  CN=payments/ledger,OU=applications,O=two-clouds       1  2026-03-06          3  expires soon

rotation: authority 2 is trusted beside 1, and signs nothing yet
Next: bring pki/ca.pem to every router and application; then weft pki rotate --issue
`);
  const former = { cert: await read('routers/aws-1/cert.pem'), key: await read('routers/aws-1/key.pem') };
  await issueByNext(folder.dir, daysLater(2));
  await writeFile(path('routers/aws-1/cert.pem'), former.cert);
  await writeFile(path('routers/aws-1/key.pem'), former.key);
  await chmod(path('routers/aws-2/key.pem'), 0o644);
  await writeFile(path('routers/azure-1/cert.pem'), former.cert);
  await rm(path('apps/payments/ledger/key.pem'));
  await chmod(path('ca/2/key.pem'), 0o640);
  await writeFile(path('ca.pem'), await read('ca/2/cert.pem'));
  expect(await shown(40)).toBe(`
two-clouds in pki

AUTHORITY  SUBJECT                      GOOD UNTIL  DAYS LEFT  SIGNED  STATE
1          CN=authority 1,O=two-clouds  2028-02-29        690       1  retiring
2          CN=authority 2,O=two-clouds  2028-03-02        692       2  issuing, key open to others

CERTIFICATE          SUBJECT                                          ISSUER  GOOD UNTIL  DAYS LEFT  STATE
router aws-1         CN=aws-1,OU=routers,O=two-clouds                      1  2026-03-31        -10  expired, hangs on authority 1
router aws-2         CN=aws-2,OU=routers,O=two-clouds                      2  2026-04-02         -8  key open to others, expired
router azure-1       CN=aws-1,OU=routers,O=two-clouds                      -  2026-03-31        -10  not ours, expired
app payments/ledger  CN=payments/ledger,OU=applications,O=two-clouds       2  2026-04-02         -8  key missing, expired

pki/ca.pem: it is not the list of the authorities that are trusted. Any change mends it: weft pki issue due
rotation: 1 certificate still of authority 1
Next: make them anew by authority 2: weft pki rotate --issue
`);
});

test('an authority that nears its end is to be replaced in time', async () => {
  await initPki(folder.dir, { mesh: 'm', authorityDays: 60, now: start });
  expect(await shown(0)).toContain('\nno rotation is under way\n');
  expect(await shown(1)).toContain(
    '\nno rotation is under way; authority 1 nears its end, so begin one: weft pki rotate\n',
  );
});
