/**
 * `deno=push`: copies this process's Deno to a host that has none.
 *
 * @module
 */

import { DenoNotFoundError, ExecnetError, LaunchError } from "../../errors.ts";
import type { SideOptions, SideResult } from "../../internal/side_process.ts";
import { clearTimer, setTimeout } from "../../internal/timers.ts";
import { isOlder } from "../../internal/version.ts";
import { MIN_DENO_VERSION } from "../../protocol/constants.ts";
import { bounded } from "../../internal/wait.ts";
import { type Machine, untilAborted } from "../machine/machine.ts";
import type { ProcessOptions } from "../streams/group_leader.ts";
import { spawnFailure } from "../machine/spawn_failure.ts";
import { openBinary, type OwnBinary, ownBinary } from "./own_binary.ts";
import { copyScript, MARK, probeScript } from "./push_scripts.ts";

/** Share of the whole after which progress is shown again. */
const PROGRESS_STEP = 0.2;

/** A gateway whose Deno is to be found or copied. */
export interface PushRequest {
  /** Its id. */
  readonly id: string;
  /** Where it is started from. */
  readonly machine: Machine;
  /** Returns what runs a script at the far side. */
  readonly runScript: (script: string, compressed?: boolean) => ProcessOptions;
  /** Milliseconds that the far side may be silent. */
  readonly connectTimeout: number;
  /** Shows how far the copy is. */
  readonly progress?: (line: string) => void;
}

/** A search or copy under way, for all gateways that wait for it. */
interface Push {
  readonly done: Promise<string | undefined>;
  readonly cancel: AbortController;
  waiting: number;
}

/** Those of this process, by destination: one is enough for all gateways there. */
const underWay = new Map<string, Push>();

/**
 * Returns the path of a Deno at the far side: an installed one, or a copy of this process's own, which
 * stays there for the next time. Undefined if the far side does not answer: the start will report why.
 *
 * @param signal Ends the wait, and the copy if no other gateway waits for it.
 * @throws {DenoNotFoundError} if there is none, and this process's own would not run there.
 * @throws {LaunchError} if it cannot be copied.
 */
export async function pushDeno(
  request: PushRequest,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { machine, runScript } = request;
  const where = JSON.stringify([machine.via, runScript("").command]);
  const push = underWay.get(where) ?? begin(where, request);
  push.waiting++;
  try {
    return await bounded(push.done, { signal }, () => new LaunchError("it took too long"));
  } finally {
    if (--push.waiting === 0) await end(where, push);
  }
}

function begin(where: string, request: PushRequest): Push {
  const cancel = new AbortController();
  const machine = untilAborted(request.machine, cancel.signal);
  const push = { done: findOrCopy({ ...request, machine }), cancel, waiting: 0 };
  underWay.set(where, push);
  return push;
}

async function end(where: string, { done, cancel }: Push): Promise<void> {
  underWay.delete(where);
  cancel.abort();
  await done.catch(() => {}); // those that waited have been told
}

async function findOrCopy(request: PushRequest): Promise<string | undefined> {
  const { id, connectTimeout } = request;
  const binary = await ownBinary();
  const probed = await runThere(request, probeScript(binary), { timeout: connectTimeout });
  const found = reported(probed);
  if (probed.timedOut) {
    throw new LaunchError(
      `cannot start gateway ${id}: the search for a Deno there (deno=push) took longer than ` +
        `${connectTimeout} ms; if it needs longer, raise connectTimeout`,
    );
  }
  if (found.size === 0) return undefined;
  const version = /^deno (\S+)/.exec(found.get("version") ?? "")?.[1];
  if (version !== undefined && !isOlder(version, MIN_DENO_VERSION)) return found.get("deno");
  if (found.has("copy")) return found.get("copy");
  const there = found.get("host") ?? "an unknown system";
  if (!HOST_NAMES.test(there)) {
    throw new DenoNotFoundError(
      `there is no Deno ${MIN_DENO_VERSION} or later where gateway ${id} should start, and ` +
        `this machine's (${Deno.build.os}, ${Deno.build.arch}) cannot be copied there: it is ` +
        `${there}, with PATH=${found.get("path")}; install Deno there, or give its path as deno=…`,
    );
  }
  const failed = found.get("failed");
  if (failed !== undefined) throw copyError(id, failed);
  return await copy(request, binary, found.get("trial"));
}

async function runThere(
  { id, machine, runScript }: PushRequest,
  script: string,
  options: SideOptions,
): Promise<SideResult> {
  const program = runScript(script, options.input !== undefined);
  try {
    return await machine.run(program, options);
  } catch (cause) {
    if (options.signal?.aborted || cause instanceof ExecnetError) throw cause;
    throw spawnFailure(id, program.command[0], cause);
  }
}

function copyError(id: string, why: string): LaunchError {
  return new LaunchError(
    `cannot copy Deno to where gateway ${id} should start: ${why}; install Deno there, or give its ` +
      "path as deno=…",
  );
}

/** What `uname -s -m` says where this process's Deno runs. */
const HOST_NAMES = new RegExp(
  `^${Deno.build.os} (${Deno.build.arch}|${Deno.build.arch === "x86_64" ? "amd64" : "arm64"})$`,
  "i",
);

async function copy(request: PushRequest, binary: OwnBinary, trial?: string): Promise<string> {
  const { id, connectTimeout } = request;
  const stalled = new AbortController();
  const input = (await openBinary(binary.path)).pipeThrough(
    watched(binary, request, () => stalled.abort()),
  );
  const { signal } = stalled;
  const result = await runThere(request, copyScript(binary, trial), { signal, input });
  const copied = reported(result).get("copied");
  if (copied !== undefined) return copied;
  const why = reported(result).get("failed") ?? result.stderr.trim().slice(-500);
  throw copyError(
    id,
    (signal.aborted ? `nothing moved for ${connectTimeout} ms; ` : "") +
      (why || `code ${result.code}`),
  );
}

/** Shows how much has passed, and calls `stalled` after `connectTimeout` without any. */
function watched(
  { bytes }: OwnBinary,
  { connectTimeout, progress }: PushRequest,
  stalled: () => void,
): TransformStream<Uint8Array, Uint8Array> {
  let done = 0, shown = 0;
  let timer = setTimeout(stalled, connectTimeout);
  return new TransformStream({
    transform(chunk, controller) {
      clearTimer(timer);
      timer = setTimeout(stalled, connectTimeout);
      controller.enqueue(chunk);
      done += chunk.length;
      if (progress === undefined || done / bytes < shown && done < bytes) return;
      shown += PROGRESS_STEP;
      const [percent, megabytes] = [done / bytes * 100, bytes / 1e6].map(Math.round);
      progress(`copying Deno ${Deno.version.deno} there: ${percent} % of ${megabytes} MB`);
    },
    flush: () => clearTimer(timer),
    cancel: () => clearTimer(timer),
  });
}

/** Returns what a script reported, by the first word of each line. */
function reported({ stdout }: SideResult): Map<string, string> {
  const lines = stdout.split("\n").filter((line) => line.startsWith(MARK));
  return new Map(lines.map((line) => {
    const [word] = line.slice(MARK.length).split(" ", 1);
    return [word, line.slice(MARK.length + word.length + 1)];
  }));
}
