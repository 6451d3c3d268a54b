// A message as people and programs read it: its body as text, or the whole of it as JSON.

/** A body of the section kinds data (as UTF-8 when it is), value (text, or JSON) and sequence (JSON). */
export function bodyText(body: unknown): string {
  const content = contentOf(body);
  if (typeof content === 'string') return content;
  if (!(content instanceof Uint8Array)) return JSON.stringify(content, plain) ?? '';
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return `(${content.length} bytes)`;
  }
}

/** One line of JSON with the sections that the message has. Bytes that are no text appear as `{"base64": …}`. */
export function messageJson(message: object): string {
  const { body, ...rest } = { ...message } as Record<string, unknown>;
  const sections = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== undefined && value !== null),
  );
  return JSON.stringify({ message: { ...sections, body: contentOf(body) } }, plain);
}

/** rhea hands a data or sequence section over as an object that knows its kind. */
function contentOf(body: unknown): unknown {
  if (body === null || typeof body !== 'object' || !('content' in body)) return body;
  return body.content;
}

/** Buffers have turned themselves into `{type: 'Buffer', data: […]}` before a replacer sees them, bigints into nothing. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (!isBufferJson(value)) return value;
  const bytes = Buffer.from(value.data);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { base64: bytes.toString('base64') };
  }
}

function isBufferJson(value: unknown): value is { data: number[] } {
  return value !== null && typeof value === 'object' && 'type' in value && value.type === 'Buffer' && 'data' in value;
}
