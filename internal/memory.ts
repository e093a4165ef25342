/**
 * Memory that is given back without waiting for a garbage collection.
 *
 * @module
 */

/** Less is not worth the call. */
const LEAST_BYTES = 16 * 1024;

/**
 * Gives the memory under `bytes` back now; nothing may use it any more. V8 lets 64 MiB of buffers
 * gather before it collects them, and new memory costs more than the copy that fills it.
 */
export function giveBack({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= LEAST_BYTES) buffer.transfer(0);
}
