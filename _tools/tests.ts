/**
 * Runs the tests and the examples in doc comments, and fails if they leave processes behind.
 *
 * A run of all is two at once, as they wait most of the time: the conformance suite over each
 * transport is half of it, and has no limits of time but generous ones.
 */
import { forwardSignals } from "./deno.ts";
import { findLeftovers, kill, RUN_MARKER } from "./leftovers.ts";
import { ROOT } from "./paths.ts";
import { add, NOTHING, readSummary, type Tally } from "./tally.ts";

const OUTPUT_GRACE_MS = 2_000;
/**
 * Longer than any test may take. Code that blocks its thread cannot be ended by its own deadline.
 */
const SILENCE_MS = 5 * 60_000;
const SUMMARY_WITHIN_CHARACTERS = 100_000;
const SECOND_PART = "tests/conformance/";

// The sanitizers are off by default since Deno 2.8, and 2.7 refuses the flags and settings for
// them.
const SANITIZERS = {
  DENO_TEST_SANITIZE_OPS: "1",
  DENO_TEST_SANITIZE_RESOURCES: "1",
};

export interface TestResult {
  readonly code: number;
  readonly tally: Tally;
}

/** Runs the tests that `args` name, all without them. Shows their output, and reads their counts. */
export async function runTests(args: string[]): Promise<TestResult> {
  if (args.length > 0) return await runPart(args, writeAll);
  const kept: Uint8Array[] = [];
  const [rest, conformance] = await Promise.all([
    runPart([`--ignore=${SECOND_PART},.cache/`], writeAll),
    runPart([SECOND_PART], (bytes) => kept.push(bytes)),
  ]);
  kept.forEach(writeAll);
  return { code: rest.code || conformance.code, tally: add(rest.tally, conformance.tally) };
}

/** Runs `deno test`, passes its output to `write`, and reads its counts. */
async function runPart(args: string[], write: (bytes: Uint8Array) => void): Promise<TestResult> {
  const run = crypto.randomUUID();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--doc", "--v8-flags=--expose-gc", ...args],
    cwd: ROOT,
    env: { ...SANITIZERS, [RUN_MARKER]: run },
    stdout: "piped",
  }).spawn();
  using _ = forwardSignals(child);
  let silence: ReturnType<typeof setTimeout> | undefined;
  const output = passOn(child.stdout, write, () => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      console.error(`FAILED: no output for ${SILENCE_MS / 60_000} minutes.`);
      child.kill("SIGKILL");
    }, SILENCE_MS);
  });
  const { code } = await child.status;
  const leftovers = await endLeftovers(run);
  // A process without the marker may hold the pipe open for any time.
  const timer = setTimeout(output.stop, OUTPUT_GRACE_MS);
  const text = await output.text;
  clearTimeout(timer);
  clearTimeout(silence);
  return judge(code, readSummary(text), leftovers);
}

function judge(
  code: number,
  counted: Tally | undefined,
  leftovers: number,
): TestResult {
  let tally = counted ?? NOTHING;
  // Tests that did not run, because of a type error for example, are in no summary.
  if (code !== 0 && tally.failed === 0) tally = add(tally, ONE_FAILED);
  if (leftovers > 0) tally = add(tally, ONE_FAILED);
  return { code: leftovers > 0 ? code || 1 : code, tally };
}

const ONE_FAILED: Tally = { ...NOTHING, failed: 1 };

async function endLeftovers(run: string): Promise<number> {
  const leftovers = await findLeftovers(run);
  if (leftovers.length > 0) {
    console.error(`FAILED: the tests left ${leftovers.length} process(es):`);
    for (const { pid, command } of leftovers) {
      console.error(`  ${pid} ${command}`);
    }
    kill(leftovers);
  }
  return leftovers.length;
}

interface PassedOn {
  readonly text: Promise<string>;
  readonly stop: () => void;
}

function passOn(
  stream: ReadableStream<Uint8Array>,
  write: (bytes: Uint8Array) => void,
  alive: () => void,
): PassedOn {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  async function copy(): Promise<string> {
    let tail = "";
    while (true) {
      alive();
      const { done, value } = await reader.read();
      if (done) return tail;
      write(value);
      tail = (tail + decoder.decode(value, { stream: true }))
        .slice(-SUMMARY_WITHIN_CHARACTERS);
    }
  }
  return { text: copy(), stop: () => void reader.cancel() };
}

function writeAll(bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) {
    written += Deno.stdout.writeSync(bytes.subarray(written));
  }
}
