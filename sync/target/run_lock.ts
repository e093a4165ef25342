/**
 * Tells the temporaries of runs that live from those that a killed run has left.
 *
 * Each run holds a lock on a file of its own beside its first temporary, and the system lets go of it
 * when the process ends, however it does. Whether a pid lives cannot be asked here: Deno's signals
 * need `run`, and `/proc` needs everything.
 *
 * @module
 */

import { below, childOf, splitPath } from "../wire/path.ts";
import { readTemporaryName, type TemporaryName, temporaryName } from "../wire/temporary.ts";

/** The part of the name of a lock. */
const LOCK = "lock";

/** After this time a temporary is left over whose run cannot be asked: it is one of another host. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;

/** The lock of this run, and what the locks of others say. */
export class RunLock {
  readonly #root: string;
  readonly #own: TemporaryName;
  #file: Deno.FsFile | undefined;
  /** For each other run whether it has ended; undefined: that cannot be known. */
  readonly #others = new Map<string, boolean | undefined>();
  /** Lock files of runs that have ended. They go last, since they say so. */
  readonly #dead = new Set<string>();

  constructor(root: string, run: string) {
    this.#root = root;
    this.#own = { run, host: hostName(), pid: Deno.pid };
  }

  /** Returns the name of a temporary of this run. */
  name(part: number): string {
    this.#hold();
    return temporaryName(this.#own, part);
  }

  #hold(): void {
    if (this.#file !== undefined) return;
    const path = below(this.#root, temporaryName(this.#own, LOCK));
    this.#file = Deno.openSync(path, { write: true, createNew: true });
    this.#file.lockSync(true);
  }

  /** Returns the path of a file in a directory if a run has left it that has ended. */
  leftOver(directory: string, name: string): string | undefined {
    const told = readTemporaryName(name);
    if (told === undefined || told.run === this.#own.run) return undefined;
    const path = childOf(directory, name);
    if (!this.#others.has(told.run)) this.#others.set(told.run, this.#hasEnded(directory, told));
    const hasEnded = this.#others.get(told.run) ?? isOld(below(this.#root, path));
    if (!hasEnded) return undefined;
    if (name !== temporaryName(told, LOCK)) return path;
    this.#dead.add(path);
  }

  /** Looks for the lock of a run, in the directory of a temporary and those above it. */
  #hasEnded(directory: string, told: TemporaryName): boolean | undefined {
    const name = temporaryName(told, LOCK);
    for (let at = directory;; at = splitPath(at)[0]) {
      const hasEnded = isUnlocked(below(this.#root, childOf(at, name)));
      if (hasEnded !== undefined || at === "") return hasEnded;
    }
  }

  /** Lets go of the lock; returns the paths of lock files to remove. */
  release(): string[] {
    const paths = [...this.#dead];
    this.#dead.clear();
    if (this.#file !== undefined) paths.push(temporaryName(this.#own, LOCK));
    this.#file?.close();
    this.#file = undefined;
    return paths;
  }
}

/** Returns whether nobody holds a lock; undefined if there is no such file. */
function isUnlocked(path: string): boolean | undefined {
  try {
    if (!Deno.lstatSync(path).isFile) return undefined;
    using file = Deno.openSync(path, { write: true });
    return file.tryLockSync(true);
  } catch {
    return undefined;
  }
}

/** By the time of the last change of its inode: that of its content is the file's. */
function isOld(path: string): boolean {
  try {
    const { ctime } = Deno.lstatSync(path);
    return ctime !== null && Date.now() - ctime.getTime() > ABANDONED_MS;
  } catch {
    return false;
  }
}

function hostName(): string {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return state === "granted" ? Deno.hostname().replace(/[^\w.]/g, "_") : "";
}
