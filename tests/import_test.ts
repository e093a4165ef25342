import { assertEquals } from "@std/assert";
import { test } from "./support/bounded.ts";
import { runScript } from "./support/processes.ts";

const ROOT = new URL("../", import.meta.url);
const COMMENT = /\/\*[\s\S]*?\*\//g;
const STATEMENT = /^(?:(?:import|export)\s+(?!type\b)([^;"=(]*?)\s+from|import)\s+"([^"]+)";/gm;

const LATER = /(?<!typeof )\bimport\("([^"]+)"\)/g;

/** Returns what a file loads together with itself: not its types, and not what it imports later. */
async function loadedWith(file: URL): Promise<string[]> {
  const text = (await Deno.readTextFile(file)).replace(COMMENT, "");
  return Array.from(text.matchAll(STATEMENT))
    .filter(([, names = ""]) => !isOfTypes(names))
    .map(([, , specifier]) => specifier);
}

function isOfTypes(names: string): boolean {
  const [, list] = /^\{([^}]*)\}\s*$/.exec(names) ?? [];
  const each = list?.split(",").map((name) => name.trim()).filter((name) => name !== "");
  return each !== undefined && each.length > 0 && each.every((name) => name.startsWith("type "));
}

/** As {@linkcode loadedWith}, but what it imports later. */
async function loadedLater(file: URL): Promise<string[]> {
  const text = (await Deno.readTextFile(file)).replace(COMMENT, "");
  return Array.from(text.matchAll(LATER), ([, specifier]) => specifier);
}

interface Reached {
  /** Files of this package, as paths within it. */
  files: string[];
  /** What else is imported, and by which file. */
  others: string[];
}

/** Returns what is reached by imports from `mod.ts`. */
async function reached(...steps: ((file: URL) => Promise<string[]>)[]): Promise<Reached> {
  const seen = new Set<string>();
  const others: string[] = [];
  const left = [new URL("mod.ts", ROOT)];
  for (let file = left.pop(); file !== undefined; file = left.pop()) {
    if (seen.has(file.href)) continue;
    seen.add(file.href);
    for (const step of steps) {
      for (const specifier of await step(file)) {
        if (specifier.startsWith(".")) left.push(new URL(specifier, file));
        else others.push(`${file.href.slice(ROOT.href.length)}: ${specifier}`);
      }
    }
  }
  return { files: Array.from(seen, (href) => href.slice(ROOT.href.length)), others };
}

test("an import of the package loads nothing of Node or npm, and what every program needs alone", async () => {
  const { files, others } = await reached(loadedWith);
  assertEquals(others.filter((other) => !other.includes(" @std/")), []);
  for (const first of ["gateway/group.ts", "map/options.ts"]) {
    assertEquals(files.includes(first), true);
  }
  for (const late of ["gateway/gateway_core.ts", "transports/start/start.ts", "map/run.ts"]) {
    assertEquals(files.includes(late), false, late);
  }
  // Each costs some 0.3 ms of every program's start.
  assertEquals(files.length <= 105, true, `${files.length} modules are loaded`);
});

test("nothing that a program may load later is of npm: Deno would look for it at the start", async () => {
  const { files, others } = await reached(loadedWith, loadedLater);
  assertEquals(others.filter((other) => !/: (?:@std\/|node:)/.test(other)), []);
  for (const late of ["map/run.ts", "transports/tcp/session.ts", "code/_tools.gen.js"]) {
    assertEquals(files.includes(late), true, late);
  }
});

test("a first gateway starts after code has replaced the globals that its package uses", async () => {
  const { stdout, stderr } = await runScript(
    `globalThis.WeakRef = globalThis.FinalizationRegistry = undefined;
     Function.prototype.toString = Object.prototype.toString = () => "";
     Object.keys = Object.getPrototypeOf = () => [];
     await using gw = await execnet.makeGateway("popen");
     console.log(await gw.call((a, b) => a + b.n, 1, { n: 2 }));`,
    ["--allow-run=/bin/sh", "--allow-env"],
  );
  assertEquals(stdout, "3\n", stderr);
});
