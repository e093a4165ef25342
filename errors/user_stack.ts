/**
 * Stacks that start with the user's own line, not with frames of this package.
 *
 * @module
 */

import { ExecnetError, setFramesOfUser } from "./base.ts";
import { RemoteError } from "./remote.ts";

/** Enough for the frames of this package, below which those of the user are. */
const MAX_FRAMES = 60;

let isOwn: (frame: string) => boolean = () => false;
let isActive = false;

/**
 * Makes stacks start with the user's line in this process.
 *
 * @param root The URL of this package.
 * @param rooms Its folders.
 */
export function startStacksWithUser(root: string, rooms: readonly string[]): void {
  const folders = rooms.map((room) => `${root}${room}/`);
  isOwn = (frame) =>
    folders.some((folder) => frame.includes(folder)) && !/_test\.ts:\d+:\d+\)?$/.test(frame);
  isActive = true;
  setFramesOfUser(framesOfUser);
}

/** Returns the frames of the call that is under way, or that waits, from the user's first one on. */
function framesOfUser(): string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = MAX_FRAMES;
  const at: { stack?: string } = {};
  Error.captureStackTrace(at, framesOfUser);
  Error.stackTraceLimit = stackTraceLimit;
  const frames = String(at.stack).split("\n").filter((line) => /^\s+at /.test(line));
  const first = frames.findIndex((frame) => /:\/\//.test(frame) && !isOwn(frame));
  return first < 0 ? [] : frames.slice(first, first + stackTraceLimit);
}

/**
 * Returns an error with the stack of whoever waits for it: called where a promise is about to reject,
 * in an async function that the user's code awaits. V8 follows such calls at no cost. It is a copy,
 * as others may wait for the same error.
 */
export function atUser(error: unknown): unknown {
  if (!isActive || !(error instanceof ExecnetError) || error instanceof RemoteError) return error;
  const frames = framesOfUser();
  if (frames.length === 0) return error;
  const Kind = error.constructor as new (message: string, init: Error) => ExecnetError;
  const copy = new Kind(error.message, error);
  copy.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  return copy;
}

/**
 * Rejects with an error that has the stack of whoever waits for it: for a promise that is resolved
 * with this one, from code that the user did not call.
 */
export async function rejectedAtUser(error: unknown): Promise<never> {
  // Until the promise that is resolved with this one waits for it.
  await undefined;
  await undefined;
  throw atUser(error);
}

/** Calls what may reject, in place of the user, who waits for it. */
export async function forUser<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw atUser(error);
  }
}
