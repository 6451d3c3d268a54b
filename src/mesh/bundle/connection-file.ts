// connection.json of a bundle: what programs need to connect. Whoever wrote it, it is read as a file of somebody else.
import * as z from 'zod';
import { bundleEndpointsMax } from '../limits.ts';
import type { Bundle } from './bundle.ts';

const form = 1;

/** Names of its files, beside connection.json. */
export const credentialFiles = { ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem' } as const;
export const connectionFile = 'connection.json';

export function connectionText(bundle: Bundle): string {
  const { endpoints, channels, ...whose } = bundle;
  return `${JSON.stringify({ form, ...whose, endpoints, ...credentialFiles, channels }, null, 2)}\n`;
}

const fileName = z.string().regex(/^[^/\\\0]+$/, 'a file beside connection.json');
const schema = z.object({
  form: z.literal(form),
  application: z.string().min(1),
  isOperator: z.boolean(),
  endpoints: z
    .array(
      z.object({
        router: z.string(),
        host: z.string().min(1),
        port: z.int().min(1).max(65_535),
      }),
    )
    .min(1)
    .max(bundleEndpointsMax),
  ca: fileName,
  cert: fileName,
  key: fileName,
});

/** What a client needs of it. */
export type Connection = Readonly<z.infer<typeof schema>>;

/** What is wrong with it, in words. */
export class ConnectionFault extends Error {
  override name = 'ConnectionFault';
}

/** Throws {@link ConnectionFault}. */
export function readConnection(text: string): Connection {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ConnectionFault('it is not JSON');
  }
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new ConnectionFault(`${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'is not as it should be'}`);
}
