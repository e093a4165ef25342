/**
 * How child processes end.
 *
 * @module
 */

/** How a process ended. */
export interface ChildEnd {
  /** Exit code; `null` if a signal ended it, or if it is unknown. */
  readonly code: number | null;
  /** Name of the signal that ended it, such as `"SIGKILL"`; otherwise `null`. */
  readonly signal: string | null;
}

/** The first real-time signal. The C library has two more for itself. */
const SIGRTMIN = 34;

/**
 * Returns the name of a signal that Deno has none for. It rejects (2.9.6) in place of telling that such
 * a signal has ended a child: real-time signals, 32 to 64.
 *
 * @param rejection Returns undefined if it is anything else.
 */
export function unnamedSignal(rejection: unknown): string | undefined {
  if (!(rejection instanceof TypeError)) return undefined;
  const number = Number(/^Invalid signal: (\d+)$/.exec(rejection.message)?.[1]);
  if (Number.isNaN(number)) return undefined;
  if (number < SIGRTMIN) return `signal ${number}`;
  return number === SIGRTMIN ? "SIGRTMIN" : `SIGRTMIN+${number - SIGRTMIN}`;
}

/** Returns how a child ended. Unlike its `status`, this never rejects. */
export function endOf({ status }: Pick<Deno.ChildProcess, "status">): Promise<ChildEnd> {
  return status.then(
    ({ code, signal }) => signal === null ? { code, signal } : { code: null, signal },
    (error) => ({ code: null, signal: unnamedSignal(error) ?? null }),
  );
}
