/** Waits with deadlines, so that a test that hangs says where. */

/** Generous for a loaded machine; a wait that needs more is a bug. */
export const DEADLINE_MS = 20_000;

const POLL_MS = 10;

/** Returns `promise`, or rejects after `ms` with an error that names `what`. */
export async function inTime<T>(
  what: string,
  promise: Promise<T>,
  ms: number = DEADLINE_MS,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Polls until `holds` is true, for conditions without an event, such as the end of a foreign
 * process.
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  ms: number = DEADLINE_MS,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!await holds()) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
