/**
 * Bundles `remote/main.ts` into `gateway/_program.gen.ts`: the text that a gateway sends to the far side, which
 * executes it as the body of an async function.
 */
import { scratchUrl, writeFileAtomically } from "./atomic.ts";
import { runCaptured } from "./deno.ts";
import { Failure } from "./failure.ts";
import { listFiles, sha256 } from "./files.ts";
import { CACHE, ROOT } from "./paths.ts";

const ENTRY = "remote/main.ts";
const GENERATED = new URL("gateway/_program.gen.ts", ROOT);
const INPUT_FOLDERS = ["protocol/", "channel/", "transports/", "remote/"];
const INPUT_FILES = ["errors.ts", "deno.json", "_tools/program.ts"];
/** Of the generated text: with more, a start over a long link takes round trips more. */
const PROGRAM_LIMIT_BYTES = 40 * 1024;
/**
 * Errors that `@msgpack/msgpack` makes while it loads, and what does as well. For the first error
 * that is made in a function, V8 parses the text of that function again to learn its lines: here
 * the whole program, which took a tenth of what a gateway adds to an empty Deno's start.
 */
const ERRORS_AT_LOAD: readonly [RegExp, string][] = [
  // Whether this is Internet Explorer 11.
  [
    /try\{[\w$]+\.getInt8\(0\)\}catch\(([\w$]+)\)\{if\(!\(\1 instanceof RangeError\)\)throw new Error\("[^"]*"\)\}/,
    "",
  ],
  // Thrown where bytes are missing; it never shows its stack.
  [
    /new RangeError\("Insufficient data"\)/,
    '{__proto__:RangeError.prototype,message:"Insufficient data"}',
  ],
];

export interface Program {
  readonly rebuilt: boolean;
  readonly bytes: number;
}

/** Rebuilds the program if anything that it is made of has changed. */
export async function ensureProgram(): Promise<Program> {
  const header =
    `// Generated from ${ENTRY} by \`deno task build\`; inputs ${await fingerprint()}.\n`;
  const present = await readIfThere(GENERATED);
  if (present?.startsWith(header)) {
    return { rebuilt: false, bytes: programIn(present).length };
  }
  const program = withoutErrorsAtLoad(await bundle());
  assertRunnable(program);
  const packed = await pack(program);
  assertSmall(packed);
  await writeFileAtomically(GENERATED, `${header}export const PROGRAM: string = "${packed}";\n`);
  return { rebuilt: true, bytes: packed.length };
}

/** Covers every file that the program may reach, and what else its text depends on. */
async function fingerprint(): Promise<string> {
  const encoder = new TextEncoder();
  const parts = [Deno.version.deno, Deno.env.get("JSR_URL") ?? ""];
  for (const path of await inputs()) {
    parts.push(path, await Deno.readTextFile(new URL(path, ROOT)));
  }
  return (await sha256(encoder.encode(parts.join("\0")))).slice(0, 32);
}

async function inputs(): Promise<string[]> {
  const paths = [...INPUT_FILES];
  for (const folder of INPUT_FOLDERS) {
    const sources = await listFiles(
      new URL(folder, ROOT),
      (path) => path.endsWith(".ts") && !path.endsWith("_test.ts"),
    );
    paths.push(...sources.map((path) => folder + path));
  }
  return paths;
}

async function bundle(): Promise<string> {
  await Deno.mkdir(CACHE, { recursive: true });
  const output = scratchUrl("program");
  const { success, stderr } = await runCaptured([
    "bundle",
    "--quiet",
    "--minify",
    "--format",
    "esm",
    "--output",
    output.href.slice(ROOT.href.length),
    ENTRY,
  ]);
  if (!success) throw new Failure(`Cannot bundle ${ENTRY}:\n${stderr}`);
  const text = await Deno.readTextFile(output);
  await Deno.remove(output);
  return text.trimEnd();
}

/** Where a release of the library has them no more, nothing is to be done. */
function withoutErrorsAtLoad(program: string): string {
  return ERRORS_AT_LOAD.reduce((text, [error, instead]) => text.replace(error, instead), program);
}

/** Deflated, as base64: `gateway/program.ts` unpacks it. */
async function pack(program: string): Promise<string> {
  const deflated = new Blob([program]).stream().pipeThrough(
    new CompressionStream("deflate-raw"),
  );
  const bytes = new Uint8Array(await new Response(deflated).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function assertSmall(packed: string): void {
  if (packed.length <= PROGRAM_LIMIT_BYTES) return;
  throw new Failure(
    `The remote program is ${packed.length} bytes packed; the limit is ${PROGRAM_LIMIT_BYTES}. ` +
      `See what ${ENTRY} imports: \`deno info ${ENTRY}\`.`,
  );
}

/** Refuses what would fail only at the far side. */
function assertRunnable(program: string): void {
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  try {
    new AsyncFunction(program);
  } catch (error) {
    throw new Failure(
      `The remote program is not the body of an async function: ${error}. ` +
        `${ENTRY} may export nothing, and what it needs of node: it imports dynamically.`,
    );
  }
}

function programIn(module: string): string {
  return module.slice(module.indexOf('"') + 1, module.lastIndexOf('"'));
}

async function readIfThere(url: URL): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
