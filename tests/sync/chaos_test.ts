/**
 * Syncs of which one side is killed at a random moment: each file is whole, old or new, and the next
 * run completes. Their number and their seed can be set: `EXECNET_SYNC_KILLS` (default 6) and
 * `EXECNET_CHAOS_SEED` (default 1).
 */

import { assertEquals } from "@std/assert";
import { pull, push, type SyncOptions } from "../../sync.ts";
import { assert } from "../support/assert.ts";
import { Script, whenGone } from "../support/processes.ts";
import { randomFrom } from "../support/random.ts";
import { Trees } from "../support/trees.ts";

const KILLS = Number(Deno.env.get("EXECNET_SYNC_KILLS") ?? 6);
const SEED = Number(Deno.env.get("EXECNET_CHAOS_SEED") ?? 1);
const LONGEST_MS = 400;
const SYNC = new URL("../../sync.ts", import.meta.url).href;

/** Content that tells whether it is whole: one character, as often as the path says. */
function contentOf(path: string, version: "old" | "new"): string {
  const size = path.includes("large") ? 3_000_000 : 200 + path.length;
  return (version === "old" ? "o" : "n").repeat(version === "old" ? size : size + 1);
}

const PATHS = Array.from({ length: 120 }, (_, i) => `d${i % 8}/f${i}`)
  .concat(Array.from({ length: 4 }, (_, i) => `d${i}/large${i}`));

function fill(trees: Trees, name: string, version: "old" | "new"): void {
  const pick = PATHS.filter((_, i) => version === "new" || i % 3 !== 0);
  trees.write(name, Object.fromEntries(pick.map((path) => [path, contentOf(path, version)])));
}

function assertWhole(trees: Trees, name: string): void {
  for (const [path, text] of Object.entries(trees.read(name))) {
    if (typeof text !== "string" || path.includes(".execnet-")) continue;
    const isWhole = text === contentOf(path, "old") || text === contentOf(path, "new");
    assert(isWhole, `${path} has ${text.length} bytes, of ${new Set(text).size} kinds`);
  }
}

for (let kill = 0; kill < KILLS; kill++) {
  const victim = (["target", "source", "initiator"] as const)[kill % 3];
  Deno.test(`a sync whose ${victim} is killed leaves whole files, and the next completes (${kill})`, async () => {
    const random = randomFrom(SEED * 1_000 + kill);
    const options: SyncOptions = { delta: random() < 0.5 ? "always" : "never", onError: "report" };
    if (random() < 0.3) options.atomic = "tree";
    const wait = () => new Promise((resolve) => setTimeout(resolve, random() * LONGEST_MS));
    await using trees = await Trees.make();
    const [from, to] = victim === "source" ? ["there", "here"] : ["here", "there"];
    fill(trees, from, "new");
    fill(trees, to, "old");
    if (victim === "initiator") {
      const spec = `popen//allow-read=${trees.there}//allow-write=${trees.there}`;
      await using script = await Script.start(
        `import { push } from ${JSON.stringify(SYNC)};
         const gateway = await execnet.makeGateway(${JSON.stringify(spec)});
         console.log(gateway.remote.pid);
         const target = { gateway, path: ${JSON.stringify(trees.there)} };
         await push(${JSON.stringify(trees.here)}, target, ${JSON.stringify(options)});`,
        ["-A"],
      );
      const [pid] = await script.printed(/^\d+$/m);
      await wait();
      script.kill("SIGKILL");
      await whenGone(Number(pid));
    } else {
      const gateway = await trees.gateway();
      const place = { gateway, path: trees.there };
      const run = victim === "target"
        ? push(trees.here, place, options)
        : pull(place, trees.here, options);
      await wait();
      try {
        Deno.kill(gateway.remote.pid, "SIGKILL");
      } catch { /* it was quicker */ }
      await run;
    }
    assertWhole(trees, to);
    const place = { gateway: await trees.gateway(), path: trees.there };
    if (victim === "source") await pull(place, trees.here, { ...options, onError: "throw" });
    else await push(trees.here, place, { ...options, onError: "throw" });
    assertEquals(trees.read(to), trees.read(from));
  });
}
