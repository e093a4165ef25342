/**
 * `deno=push`: copies this process's Deno to a host that has none.
 *
 * @module
 */

import { DenoNotFoundError, LaunchError } from "../../errors.ts";
import { MIN_DENO_VERSION } from "../../protocol/constants.ts";
import { clearTimer, setTimeout } from "../../internal/timers.ts";
import { isOlder } from "../../internal/version.ts";
import { searchDeno } from "../start_script.ts";
import type { Launcher } from "../kind.ts";
import { printLine } from "../../internal/lines.ts";
import { openBinary, type OwnBinary, ownBinary } from "./own_binary.ts";
import type { ProgramResult, RunOptions } from "../machine/run_program.ts";
import type { Machine } from "../machine/machine.ts";
import type { ResolvedSpec } from "../../spec/spec.ts";

/** Opens each line that the scripts tell; all else is a profile's noise. */
const TELLS = "execnet-push: ";
/** How often the progress is shown, as a share of the whole. */
const PROGRESS_STEP = 0.2;

/** A gateway whose Deno is to be found or copied. */
export interface PushRequest {
  spec: ResolvedSpec;
  /** Its id. */
  id: string;
  /** Runs scripts there. */
  carry: NonNullable<Launcher["carry"]>;
  /** Where it is started from. */
  machine: Machine;
}

/** What is under way from this process, by where it goes: one is enough for all. */
const underWay = new Map<string, Promise<string | undefined>>();

/**
 * The path of a Deno at the far side: one that was there, or a copy of this process's own, which
 * stays there for the next time. Undefined where nothing can be found out: the start will tell why.
 *
 * @throws {DenoNotFoundError} where there is none, and this one would not run there.
 * @throws {LaunchError} when it cannot be copied.
 */
export async function pushDeno(request: PushRequest): Promise<string | undefined> {
  const { spec, carry, machine } = request;
  const where = JSON.stringify([machine.via, carry(spec, "").command]);
  const before = underWay.get(where);
  if (before !== undefined) return await before;
  const push = findOrCopy(request);
  underWay.set(where, push);
  try {
    return await push;
  } finally {
    underWay.delete(where);
  }
}

async function findOrCopy(request: PushRequest): Promise<string | undefined> {
  const { spec, carry, machine } = request;
  const binary = await ownBinary();
  const timeout = AbortSignal.timeout(spec.connectTimeout);
  const plan = carry(spec, probeScript(binary));
  const found = told(await machine.run(plan.command, { env: plan.env, signal: timeout }));
  if (found.size === 0) return undefined;
  const version = /^deno (\S+)/.exec(found.get("version") ?? "")?.[1];
  if (version !== undefined && !isOlder(version, MIN_DENO_VERSION)) return found.get("deno");
  if (found.has("copy")) return found.get("copy");
  const there = found.get("host") ?? "an unknown system";
  if (!HOST_NAMES.test(there)) {
    throw new DenoNotFoundError(
      `there is no Deno ${MIN_DENO_VERSION} or later where gateway ${request.id} should start, and ` +
        `this machine's (${Deno.build.os}, ${Deno.build.arch}) cannot be copied there: it is ` +
        `${there}, with PATH=${found.get("path")}; install Deno there, or give its path as deno=…`,
    );
  }
  return await copy(request, binary);
}

/** What `uname -s -m` says where this process's Deno runs. */
const HOST_NAMES = new RegExp(
  `^${Deno.build.os} (${Deno.build.arch}|${Deno.build.arch === "x86_64" ? "amd64" : "arm64"})$`,
  "i",
);

async function copy({ spec, id, carry, machine }: PushRequest, binary: OwnBinary): Promise<string> {
  const plan = carry(spec, copyScript(binary), true);
  const stalled = new AbortController();
  const input = (await openBinary(binary.path)).pipeThrough(
    watched(binary, spec, id, () => stalled.abort()),
  );
  const options: RunOptions = { env: plan.env, signal: stalled.signal, input };
  const result = await machine.run(plan.command, options);
  const copied = told(result).get("copied");
  if (copied !== undefined) return copied;
  const why = told(result).get("failed") ?? result.stderr.trim().slice(-500);
  throw new LaunchError(
    `cannot copy Deno to where gateway ${id} should start: ` +
      (stalled.signal.aborted ? `nothing moved for ${spec.connectTimeout} ms; ` : "") +
      `${why || `code ${result.code}`}; install Deno there, or give its path as deno=…`,
  );
}

/** Shows the progress of what passes, and calls `stalled` where nothing has for `connectTimeout`. */
function watched(
  { bytes }: OwnBinary,
  { output, connectTimeout }: ResolvedSpec,
  id: string,
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
      if (output !== "inherit" || done / bytes < shown && done < bytes) return;
      shown += PROGRESS_STEP;
      const [percent, megabytes] = [done / bytes * 100, bytes / 1e6].map(Math.round);
      printLine(id, `copying Deno ${Deno.version.deno} there: ${percent} % of ${megabytes} MB`);
    },
    flush: () => clearTimer(timer),
    cancel: () => clearTimer(timer),
  });
}

const TELL = `tell() { printf '%s\\n' "${TELLS}$1"; }`;
const CACHE = `D=\${XDG_CACHE_HOME:-$HOME/.cache}/execnet`;

function probeScript({ hash }: OwnBinary): string {
  return `${TELL}
${CACHE}${searchDeno(undefined)}
if [ -n "$F" ]; then
  tell "deno $F"
  tell "version $("$F" --version </dev/null 2>/dev/null)"
fi
if [ -x "$D/deno-${hash}" ]; then tell "copy $D/deno-${hash}"; fi
tell "host $(uname -s -m)"
tell "path $PATH"`;
}

/** The file has its name only when it is whole: whoever copies at the same time does no harm. */
function copyScript({ hash }: OwnBinary): string {
  return `${TELL}
${CACHE}
umask 077
fail() { tell "failed $1"; exit 1; }
mkdir -p "$D" || fail "the directory $D cannot be made"
T=$(mktemp "$D/.deno-XXXXXXXX") || fail "no file can be made in $D"
trap 'rm -f "$T"' EXIT
trap 'exit 1' HUP INT TERM
cat >"$T" || fail "$T cannot be written"
if command -v sha256sum >/dev/null; then S=$(sha256sum <"$T")
elif command -v shasum >/dev/null; then S=$(shasum -a 256 <"$T")
else S=$(openssl dgst -sha256 -r <"$T"); fi
[ "\${S%% *}" = ${hash} ] || fail "what arrived is not what was sent (checksum)"
chmod 700 "$T"
V=$("$T" --version </dev/null 2>&1) || fail "this machine's Deno does not run there: $V"
mv -f "$T" "$D/deno-${hash}" || fail "$D cannot be written"
tell "copied $D/deno-${hash}"`;
}

/** What a script told, by the first word of each line. */
function told({ stdout }: ProgramResult): Map<string, string> {
  const lines = stdout.split("\n").filter((line) => line.startsWith(TELLS));
  return new Map(lines.map((line) => {
    const [word] = line.slice(TELLS.length).split(" ", 1);
    return [word, line.slice(TELLS.length + word.length + 1)];
  }));
}
