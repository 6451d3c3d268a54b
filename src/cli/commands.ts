// The commands of `weft`, one file each. A file is loaded only when its command is called, so that none pays for another's
// libraries; the summaries stand here, for the help.
import type { Command } from 'commander';

export interface CommandEntry {
  readonly summary: string;
  /** The command with its options; its action sets `process.exitCode` when it ends in another way than well. */
  load(): Promise<Command>;
}

export const commands: Record<string, CommandEntry> = {
  router: {
    summary: 'run one router in the foreground',
    load: async () => (await import('./router.ts')).routerCommand(),
  },
  send: {
    summary: 'send messages to an address',
    load: async () => (await import('./send.ts')).sendCommand(),
  },
  receive: {
    summary: 'receive messages from an address',
    load: async () => (await import('./receive.ts')).receiveCommand(),
  },
  stat: {
    summary: 'show what a running router does: connections, links, addresses, …',
    load: async () => (await import('./stat.ts')).statCommand(),
  },
  manage: {
    summary: 'see and change a running router, one operation at a time',
    load: async () => (await import('./manage.ts')).manageCommand(),
  },
  explain: {
    summary: 'tell where a message would go now, or why it would not',
    load: async () => (await import('./explain.ts')).explainCommand(),
  },
  trace: {
    summary: 'ask each router on the way of a message for its decision',
    load: async () => (await import('./trace.ts')).traceCommand(),
  },
  user: {
    summary: 'keep the file of users who may log in by password',
    load: async () => (await import('./user.ts')).userCommand(),
  },
  up: {
    summary: 'run a whole mesh on this machine, a process for each router',
    load: async () => (await import('./up.ts')).upCommand(),
  },
  mesh: {
    summary: 'the whole mesh as files: begin, check, look ahead, render, hand out',
    load: async () => (await import('./mesh.ts')).meshCommand(),
  },
  pki: {
    summary: 'keep the certificate authority of a mesh, and its certificates',
    load: async () => (await import('./pki.ts')).pkiCommand(),
  },
  sim: {
    summary: 'judge the promises under a simulated network, by seed',
    load: async () => (await import('./sim.ts')).simCommand(),
  },
};
