/**
 * Writes text to stdout or stderr.
 *
 * @module
 */

/** What text is written to. */
export interface Target {
  write(bytes: Uint8Array): Promise<number>;
}

const encoder = new TextEncoder();

/** Writes all of a text. Returns false if nobody reads it any more, as behind `| head`. */
export async function writeAll(target: Target, text: string): Promise<boolean> {
  const bytes = encoder.encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += await target.write(bytes.subarray(at));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
}
