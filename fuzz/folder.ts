// The folder fuzz/ of the repository: its data lies beside the sources, wherever the built code runs.
import { existsSync } from 'node:fs';

const here = new URL('./', import.meta.url);
export const folder: URL = existsSync(new URL('folder.ts', here)) ? here : new URL('../../fuzz/', here);
