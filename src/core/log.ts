// The port through which every line of the log leaves. Modules and levels are Dispatch's.

/** Severity of a log line. */
export const LogLevel = { Trace: 0, Debug: 1, Info: 2, Notice: 3, Warning: 4, Error: 5, Critical: 6 } as const;
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];

export type LogModule =
  | 'ROUTER'
  | 'ROUTER_CORE'
  | 'ROUTER_HELLO'
  | 'ROUTER_LS'
  | 'ROUTER_MA'
  | 'MESSAGE'
  | 'SERVER'
  | 'AGENT'
  | 'AUTHSERVICE'
  | 'CONTAINER'
  | 'ERROR'
  | 'POLICY'
  | 'HTTP'
  | 'CONN_MGR'
  | 'PYTHON'
  | 'PROTOCOL'
  | 'DEFAULT';

/** Where log lines go. Ask `enabled` before composing a text: a line that nobody wants costs one call. */
export interface LogSink {
  enabled(module: LogModule, level: LogLevel): boolean;
  write(module: LogModule, level: LogLevel, text: string): void;
}
