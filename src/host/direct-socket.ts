// A socket in clear whose bytes are read into one buffer of the process, instead of 64 KiB of fresh memory for every read: that memory,
// and what the collector does about it, was a quarter of the router's processor time at saturation.
//
// Node does this for sockets that are made with the option `onread`, but has no way to ask for it where a server accepts them. So the
// open handle is given to a second socket that has the option; the first one is left without a handle, and does nothing any more.
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { limits } from './limits.ts';

/** What we use of the handle that a socket has and does not document. */
interface Handled {
  _handle: object | null;
}

// Reads are never nested, and what outlives one is copied by the router: all sockets share the buffer.
const received = new Uint8Array(limits.readBytes);

/**
 * The socket that is to be used in the place of an open one, made with `allowHalfOpen`: it gives its bytes to `handleBytes`, good until
 * that returns, and emits no 'data'. The same socket, which does emit 'data', where that cannot be: under TLS, when something was read
 * already, or when this Node has no such handle.
 */
export function readDirectly(socket: Socket, handleBytes: (bytes: Uint8Array) => void): Socket {
  const handled = socket as unknown as Handled;
  const handle = handled._handle;
  if (socket instanceof TLSSocket || socket.readableLength > 0 || !takesBuffer(handle)) return socket;
  handled._handle = null;
  const onread = {
    buffer: received,
    callback: (length: number): boolean => {
      handleBytes(received.subarray(0, length));
      return true;
    },
  };
  return new Socket({ handle, allowHalfOpen: true, onread } as ConstructorParameters<typeof Socket>[0]);
}

function takesBuffer(handle: object | null): handle is object {
  return handle !== null && typeof (handle as { useUserBuffer?: unknown }).useUserBuffer === 'function';
}
