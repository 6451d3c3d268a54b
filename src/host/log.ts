// The log of the process: for each of Dispatch's modules its levels, form and output, as the `log` entities say, which may change
// while it runs.
import { type LogEntry, type LogLevel, LogMemory, type LogModule, type LogSink } from '../router/ports.ts';
import type { Configuration } from '../schema/configuration.ts';
import { type LogSetting, logSettings } from '../schema/log-levels.ts';
import { wallTimeMs } from './clock.ts';
import { jsonWriter, type LineWriter, textWriter } from './log-format.ts';
import { LogOutput } from './log-output.ts';
import { compileTimeFormat, defaultTimestampFormat } from './strftime.ts';

/** What the log depends on. */
type LogConfiguration = Pick<Configuration, 'router' | 'logs'>;

interface ModuleLog {
  /** Bit n: level n is written. */
  readonly levels: number;
  readonly write: LineWriter;
}

export class Log implements LogSink {
  #modules: ReadonlyMap<LogModule, ModuleLog>;
  #outputs: readonly LogOutput[];
  readonly memory = new LogMemory();

  private constructor({ modules, outputs }: OpenLog) {
    this.#modules = modules;
    this.#outputs = outputs;
  }

  /** Opens all outputs. Throws WEFT_LOG_UNWRITABLE. */
  static async open(configuration: LogConfiguration): Promise<Log> {
    return new Log(await openAll(configuration));
  }

  /**
   * Goes over to another configuration. Files are opened anew, which also serves whoever moved them away (logrotate).
   * Throws WEFT_LOG_UNWRITABLE, and logs on as before then.
   */
  async reopen(configuration: LogConfiguration): Promise<void> {
    const { modules, outputs } = await openAll(configuration);
    const old = this.#outputs;
    this.#modules = modules;
    this.#outputs = outputs;
    await Promise.all(old.map((output) => output.close()));
  }

  /** A line that nobody wants is counted here: who asks and hears no does not write it. */
  enabled(module: LogModule, level: LogLevel): boolean {
    if (((this.#modules.get(module) as ModuleLog).levels & (1 << level)) !== 0) return true;
    this.memory.count(module, level);
    return false;
  }

  write(module: LogModule, level: LogLevel, text: string): void {
    const log = this.#modules.get(module) as ModuleLog;
    this.memory.count(module, level);
    if ((log.levels & (1 << level)) === 0) return;
    log.write(module, level, text);
    this.memory.keep(module, level, text, wallTimeMs());
  }

  /** The last `limit` lines that were written, the oldest first. */
  recent(limit?: number): LogEntry[] {
    return this.memory.recent(limit);
  }

  /** Lines of a module by level since the start, written or not. */
  counts(module: LogModule): readonly number[] {
    return this.memory.counts(module);
  }

  /** Writes out what waits, for a bounded time; what is logged afterwards is lost. */
  async close(): Promise<void> {
    await Promise.all(this.#outputs.map((output) => output.close()));
  }

  /** Writes out what waits before it returns: for a process about to crash. */
  writeNow(): void {
    for (const output of this.#outputs) output.writeNow();
  }
}

interface OpenLog {
  readonly modules: ReadonlyMap<LogModule, ModuleLog>;
  readonly outputs: readonly LogOutput[];
}

async function openAll(configuration: LogConfiguration): Promise<OpenLog> {
  const { timestampFormat, timestampsInUTC } = configuration.router;
  const formatTime = compileTimeFormat(timestampFormat || defaultTimestampFormat, timestampsInUTC);
  const outputs: LogOutput[] = [];
  const outputOf = (name: string): LogOutput => {
    let output = outputs.find((one) => one.name === name);
    if (output === undefined) outputs.push((output = LogOutput.open(name)));
    return output;
  };
  const writerOf = (setting: LogSetting): Promise<LineWriter> | LineWriter => {
    const output = outputOf(setting.outputFile);
    const write = (line: string): void => output.write(line);
    return setting.format === 'json'
      ? jsonWriter(write)
      : textWriter(write, setting.includeTimestamp ? formatTime : null);
  };
  const modules = new Map<LogModule, ModuleLog>();
  try {
    for (const [module, setting] of logSettings(configuration.logs)) {
      modules.set(module, { levels: setting.levels, write: await writerOf(setting) });
    }
  } catch (error) {
    await Promise.all(outputs.map((output) => output.close()));
    throw error;
  }
  return { modules, outputs };
}
