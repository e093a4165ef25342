/**
 * Memory that is released without waiting for a garbage collection.
 *
 * @module
 */

/** Releasing less is not worth the call. */
const LEAST_BYTES = 16 * 1024;

/**
 * Releases the buffer of `bytes` at once; nothing may use it afterwards. V8 lets 64 MiB of buffers
 * accumulate before it collects them, and fresh memory costs more than the copy that fills it.
 */

export function giveBack({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= LEAST_BYTES) buffer.transfer(0);
}
