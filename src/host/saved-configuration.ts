// The configuration file of a running router, and changes of it that management asks for. A change is staged beside the file, and
// takes its place in one step or not at all; a file that somebody else has changed meanwhile is left alone.
import { constants } from 'node:fs';
import { type FileHandle, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Configuration } from '../schema/configuration.ts';
import { type EntityEdit, editConfiguration } from '../schema/edit/edit-configuration.ts';
import { describeSystemError, systemCode, WeftError } from './errors.ts';
import { readTextFile } from './text-file.ts';

/** A file as it is to be, written and waiting. Exactly one of the two is called. */
export interface StagedConfiguration {
  /** What the file then says. */
  readonly configuration: Configuration;
  /** Throws WEFT_CONFIGURATION_UNWRITABLE. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

export class SavedConfiguration {
  readonly path: string;
  /** What was read last, or written. */
  #text: string;

  constructor(path: string, text: string) {
    this.path = path;
    this.#text = text;
  }

  /** Throws WEFT_CONFIGURATION_UNWRITABLE, also when the file is not the one that was read, or cannot hold the change. */
  async stage(edit: EntityEdit): Promise<StagedConfiguration> {
    const text = await readTextFile(this.path);
    if (text !== this.#text) {
      throw this.#unwritable(
        'it has changed since the router read it',
        'Send SIGHUP so that the router reads it, then ask again.',
      );
    }
    const edited = editConfiguration(text, this.path, edit);
    if ('refusal' in edited) throw this.#unwritable(edited.refusal, '');
    const target = await realpath(this.path); // a link stays a link
    const newPath = `${target}.new`;
    await this.#write(target, newPath, edited.text);
    return {
      configuration: edited.configuration,
      commit: async () => {
        await this.#replace(newPath, target);
        this.#text = edited.text;
      },
      discard: () => unlink(newPath),
    };
  }

  async #write(target: string, newPath: string, text: string): Promise<void> {
    let handle: FileHandle;
    try {
      handle = await open(newPath, 'wx', 0o600);
    } catch (error) {
      const remedy =
        systemCode(error) === 'EEXIST'
          ? `Another change is under way. If none is, remove what it left: rm ${newPath}`
          : 'Its folder must be writable for the user that the router runs as: the file is replaced as a whole.';
      throw this.#unwritable(describeSystemError(error), remedy, error);
    }
    try {
      const { mode, uid, gid } = await stat(target);
      const own = await handle.stat();
      if (own.uid !== uid || own.gid !== gid) await handle.chown(uid, gid);
      await handle.chmod(mode & 0o7777);
      await handle.writeFile(text);
      await handle.sync();
    } catch (error) {
      await unlink(newPath).catch(() => undefined); // the error at hand matters more
      throw this.#unwritable(describeSystemError(error), 'The file must keep its owner and its mode.', error);
    } finally {
      await handle.close();
    }
  }

  async #replace(newPath: string, target: string): Promise<void> {
    try {
      await rename(newPath, target);
      const folder = await open(dirname(target), constants.O_RDONLY);
      await folder.sync().finally(() => folder.close());
    } catch (error) {
      await unlink(newPath).catch(() => undefined); // the error at hand matters more
      throw this.#unwritable(describeSystemError(error), '', error);
    }
  }

  #unwritable(why: string, remedy: string, cause?: unknown): WeftError {
    return new WeftError('WEFT_CONFIGURATION_UNWRITABLE', `cannot save into ${this.path}: ${why}`, remedy, cause);
  }
}
