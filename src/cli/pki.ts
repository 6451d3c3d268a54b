// `weft pki`: the certificate authority of a mesh, and the certificates of its routers and applications.
import { Command } from 'commander';
import { pkiInitCommand } from './pki-init.ts';
import { pkiIssueCommand } from './pki-issue.ts';
import { pkiRotateCommand } from './pki-rotate.ts';
import { pkiStatusCommand } from './pki-status.ts';

const notes = `
Files (0600, in folders of 0700; keys are never printed):
  pki/ca.pem                              all authorities that are trusted     caCertFile
  pki/routers/ROUTER/cert.pem, key.pem    of a router                          certFile, privateKeyFile
  pki/apps/TEAM/APP/cert.pem, key.pem     of an application
  pki/ca/                                 what signs: keep it where nobody else reads, and keep a copy`;

export function pkiCommand(): Command {
  return new Command('pki')
    .description('Keep the certificate authority of a mesh, and the certificates of its routers and applications.')
    .addCommand(pkiInitCommand())
    .addCommand(pkiIssueCommand())
    .addCommand(pkiRotateCommand())
    .addCommand(pkiStatusCommand())
    .addHelpText('after', notes);
}
