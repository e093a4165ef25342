/**
 * Bundles what gateways send to the far side as text: `remote/loader.ts`, the module on the command
 * line; `remote/main.ts`, which runs there as the body of an async function; and
 * `server/installed.ts` and `sync/far/main.ts`, which a gateway is given to execute. And
 * `code/tools.ts`, which runs here: as one module it is loaded in a fifth of the time.
 */
import { LOADER_MARK } from "../remote/loader_mark.ts";
import { scratchUrl, writeFileAtomically } from "./atomic.ts";
import { runCaptured } from "./deno.ts";
import { Failure } from "./failure.ts";
import { listFiles, sha256 } from "./files.ts";
import { CACHE, ROOT } from "./paths.ts";

/** One generated text. */
interface Target {
  /** The name in messages. */
  name: string;
  entry: string;
  generated: string;
  /** What the generated module exports the text as; a local module has exports of its own. */
  constant?: string;
  /** Folders that the entry may reach. */
  folders: readonly string[];
  /** The limit of the deflated text. */
  limitBytes: number;
  /** As what it runs. Source text is made into the body of a function by the gateway. */
  runsAs: "module" | "function body" | "source text" | "local module";
  /** Put before the text. */
  opening?: string;
  /** Modules of this process that it imports, as any other does. */
  shared?: readonly string[];
}

const SHARED_FOLDERS = ["errors/", "protocol/", "channel/", "transports/", "internal/"];
const TARGETS: readonly Target[] = [
  {
    name: "loader",
    entry: "remote/loader.ts",
    generated: "transports/program/_loader.gen.ts",
    constant: "LOADER",
    folders: ["protocol/", "remote/"],
    // It is an argument of the command, behind ssh within the quotes of two shells.
    limitBytes: 2 * 1024,
    runsAs: "module",
    opening: LOADER_MARK,
  },
  {
    name: "remote program",
    entry: "remote/main.ts",
    generated: "transports/program/_program.gen.ts",
    constant: "PROGRAM",
    folders: [...SHARED_FOLDERS, "remote/"],
    // A longer text would need more round trips at a start over a long link.
    limitBytes: 33 * 1024,
    runsAs: "function body",
  },
  {
    name: "server program",
    entry: "server/installed.ts",
    generated: "transports/installvia/_server.gen.ts",
    constant: "SERVER",
    folders: [...SHARED_FOLDERS, "permissions/", "server/"],
    limitBytes: 24 * 1024,
    runsAs: "source text",
  },
  {
    name: "sync program",
    entry: "sync/far/main.ts",
    generated: "sync/run/_far.gen.ts",
    constant: "FAR",
    folders: ["internal/", "sync/"],
    // It crosses the network at the first sync of each gateway.
    limitBytes: 20 * 1024,
    runsAs: "source text",
  },
  {
    name: "code tools",
    entry: "code/tools.ts",
    generated: "code/_tools.gen.js",
    folders: ["code/"],
    limitBytes: 72 * 1024,
    runsAs: "local module",
    opening:
      "// Contains acorn, eslint-scope, esrecurse and estraverse: see THIRD_PARTY_LICENSES.\n",
    // Loaded before, or with a state that must not be there twice.
    shared: [
      "errors.ts",
      "errors/*",
      "internal/*",
      "protocol/*",
      "code/call.ts",
      "code/function/intrinsics.ts",
    ],
  },
];
const INPUT_FILES = ["errors.ts", "deno.json", "_tools/program.ts"];

export interface Program {
  readonly name: string;
  readonly rebuilt: boolean;
  readonly text: string;
}

/** Rebuilds each program whose inputs have changed. */
export async function ensurePrograms(): Promise<Program[]> {
  const programs: Program[] = [];
  for (const target of TARGETS) programs.push(await ensureProgram(target));
  return programs;
}

async function ensureProgram(target: Target): Promise<Program> {
  const { name, entry, constant } = target;
  const generated = new URL(target.generated, ROOT);
  const header = `// Generated from ${entry} by \`deno task build\`; inputs ${await fingerprint(
    target,
  )}.\n`;
  const present = await readIfThere(generated);
  if (present?.startsWith(header)) {
    const text = constant === undefined ? present : programIn(present);
    return { name, rebuilt: false, text };
  }
  const program = (target.opening ?? "") + await bundle(target);
  if (target.runsAs === "function body") assertRunnable(program, target);
  assertSmall(await deflatedBytes(program), target);
  // The text is not deflated here: loading takes 0.3 ms longer, but the first local start saves 10
  // ms.
  const text = constant === undefined
    ? `${header}${program}\n`
    : `${header}export const ${constant}: string = ${JSON.stringify(program)};\n`;
  await writeFileAtomically(generated, text);
  return { name, rebuilt: true, text: program };
}

/** Hashes every file that the program may import, and everything else that its text depends on. */
async function fingerprint(target: Target): Promise<string> {
  const encoder = new TextEncoder();
  const parts = [Deno.version.deno, Deno.env.get("JSR_URL") ?? ""];
  for (const path of await inputs(target)) {
    parts.push(path, await Deno.readTextFile(new URL(path, ROOT)));
  }
  return (await sha256(encoder.encode(parts.join("\0")))).slice(0, 32);
}

async function inputs({ folders }: Target): Promise<string[]> {
  const paths = [...INPUT_FILES];
  for (const folder of folders) {
    const sources = await listFiles(
      new URL(folder, ROOT),
      (path) => path.endsWith(".ts") && !/(_test|\.gen)\.ts$/.test(path),
    );
    paths.push(...sources.map((path) => folder + path));
  }
  return paths;
}

async function bundle({ name, entry, shared = [] }: Target): Promise<string> {
  await Deno.mkdir(CACHE, { recursive: true });
  const output = scratchUrl(name.replaceAll(" ", "_"));
  // Files are shared by their full paths: the paths in imports differ with the importing file.
  const root = decodeURIComponent(ROOT.pathname);
  const { success, stderr } = await runCaptured([
    "bundle",
    "--quiet",
    "--minify",
    "--format",
    "esm",
    ...shared.map((path) => `--external=${root}${path}`),
    "--output",
    output.href.slice(ROOT.href.length),
    entry,
  ]);
  if (!success) throw new Failure(`Cannot bundle ${entry}:\n${stderr}`);
  const text = await Deno.readTextFile(output);
  await Deno.remove(output);
  const [quoted] = JSON.stringify(root).split(/"$/);
  return text.trimEnd().replaceAll(quoted, `"${"../".repeat(entry.split("/").length - 1)}`);
}

/** Returns the size of a program as it is sent over a network. */
export async function deflatedBytes(program: string): Promise<number> {
  const deflated = new Blob([program]).stream().pipeThrough(
    new CompressionStream("deflate-raw"),
  );
  return (await new Response(deflated).bytes()).length;
}

function assertSmall(bytes: number, { name, entry, limitBytes }: Target): void {
  if (bytes <= limitBytes) return;
  throw new Failure(
    `The ${name} is ${bytes} bytes deflated; the limit is ${limitBytes}. ` +
      `See what ${entry} imports: \`deno info ${entry}\`.`,
  );
}

/** Refuses a program that would fail only on the far side. */
function assertRunnable(program: string, { name, entry }: Target): void {
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  try {
    new AsyncFunction(program);
  } catch (error) {
    throw new Failure(
      `The ${name} is not the body of an async function: ${error}. ` +
        `${entry} may export nothing, and what it needs of node: it imports dynamically.`,
    );
  }
}

function programIn(module: string): string {
  return JSON.parse(module.slice(module.indexOf('"'), module.lastIndexOf('"') + 1));
}

async function readIfThere(url: URL): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
