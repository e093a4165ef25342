import { assertEquals } from "@std/assert";
import { test } from "./support/bounded.ts";
import { runScript } from "./support/processes.ts";

const ROOT = new URL("../", import.meta.url);
const COMMENT = /\/\*[\s\S]*?\*\//g;
const STATEMENT = /^(?:(?:import|export)\s+(?!type\b)([^;"=(]*?)\s+from|import)\s+"([^"]+)";/gm;

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

test("an import of the package loads nothing of Node or npm: the first gateway does, while it starts", async () => {
  const seen = new Set<string>();
  const found: string[] = [];
  const files = [new URL("mod.ts", ROOT)];
  for (let file = files.pop(); file !== undefined; file = files.pop()) {
    if (seen.has(file.href)) continue;
    seen.add(file.href);
    for (const specifier of await loadedWith(file)) {
      if (specifier.startsWith(".")) files.push(new URL(specifier, file));
      else if (!specifier.startsWith("@std/")) found.push(`${file.pathname}: ${specifier}`);
    }
  }
  assertEquals(found, []);
  assertEquals(seen.has(new URL("gateway/group.ts", ROOT).href), true);
  assertEquals(seen.has(new URL("gateway/gateway_core.ts", ROOT).href), false);
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
