/** The imports between our files, as Deno resolves them; paths are relative to the repository. */
import { scratchUrl } from "./atomic.ts";
import { runCaptured } from "./deno.ts";
import { Failure } from "./failure.ts";
import { listFiles } from "./files.ts";
import { CACHE, ROOT } from "./paths.ts";

export type ModuleGraph = ReadonlyMap<string, readonly string[]>;

interface InfoOutput {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: Resolution;
      readonly type?: Resolution;
    }[];
  }[];
}

interface Resolution {
  readonly specifier?: string;
}

export async function readModuleGraph(): Promise<ModuleGraph> {
  const paths = await listFiles(ROOT, (path) => /\.[jt]s$/.test(path));
  // `deno info` accepts one file, and one process for each would be slow: this entry imports them
  // all.
  await Deno.mkdir(CACHE, { recursive: true });
  const entry = new URL(`${scratchUrl("graph").href}.ts`);
  await Deno.writeTextFile(
    entry,
    paths.map((path) => `import "../${path}";\n`).join(""),
  );
  try {
    const { success, stdout, stderr } = await runCaptured(
      ["info", "--json", entry.href],
    );
    if (!success) throw new Failure(`Cannot read the imports:\n${stderr}`);
    return toGraph(JSON.parse(stdout), paths);
  } finally {
    await Deno.remove(entry);
  }
}

function toGraph(info: InfoOutput, paths: string[]): ModuleGraph {
  const byUrl = new Map(paths.map((path) => [new URL(path, ROOT).href, path]));
  const graph = new Map<string, string[]>();
  for (const { specifier, dependencies = [] } of info.modules) {
    const path = byUrl.get(specifier);
    if (path === undefined) continue;
    const targets = dependencies
      .flatMap(({ code, type }) => [code?.specifier, type?.specifier])
      .map((url) => url === undefined ? undefined : byUrl.get(url))
      .filter((target) => target !== undefined);
    graph.set(path, [...new Set(targets)]);
  }
  return graph;
}
