// The log of the process: for each of Dispatch's modules its levels, form and output, as the `log` entities say.
import type { LogLevel, LogModule, LogSink } from '../router/ports.ts';
import type { Configuration } from '../schema/configuration.ts';
import { type LogSetting, logSettings } from '../schema/log-levels.ts';
import { jsonWriter, type LineWriter, textWriter } from './log-format.ts';
import { LogOutput } from './log-output.ts';
import { compileTimeFormat, defaultTimestampFormat } from './strftime.ts';

interface ModuleLog {
  /** Bit n: level n is written. */
  readonly levels: number;
  readonly write: LineWriter;
}

export class Log implements LogSink {
  #modules: ReadonlyMap<LogModule, ModuleLog>;
  #outputs: readonly LogOutput[];

  private constructor(modules: ReadonlyMap<LogModule, ModuleLog>, outputs: readonly LogOutput[]) {
    this.#modules = modules;
    this.#outputs = outputs;
  }

  /** Opens all outputs. Throws WEFT_LOG_UNWRITABLE. */
  static async open(configuration: Configuration): Promise<Log> {
    const { modules, outputs } = await openAll(configuration);
    return new Log(modules, outputs);
  }

  /**
   * Goes over to another configuration. Files are opened anew, which also serves whoever moved them away (logrotate).
   * Throws WEFT_LOG_UNWRITABLE, and logs on as before then.
   */
  async reopen(configuration: Configuration): Promise<void> {
    const { modules, outputs } = await openAll(configuration);
    const old = this.#outputs;
    this.#modules = modules;
    this.#outputs = outputs;
    await Promise.all(old.map((output) => output.close()));
  }

  enabled(module: LogModule, level: LogLevel): boolean {
    return ((this.#modules.get(module) as ModuleLog).levels & (1 << level)) !== 0;
  }

  write(module: LogModule, level: LogLevel, text: string): void {
    const log = this.#modules.get(module) as ModuleLog;
    if ((log.levels & (1 << level)) !== 0) log.write(module, level, text);
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

async function openAll(configuration: Configuration) {
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
