/**
 * `deno task bench:peers`: the same work by others, in one run. Needs Node and npm on the path, and
 * Debian's `python3-execnet`; what is missing is left out.
 */
import { compete, OWN, peers } from "./run.ts";

/** Installs npm's kkrpc into a folder that git ignores. */
async function installKkrpc(): Promise<string | undefined> {
  const folder = new URL("../.cache/kkrpc", import.meta.url).pathname;
  await Deno.mkdir(folder, { recursive: true });
  const args = ["install", "--prefix", folder, "--no-save", "--ignore-scripts", "kkrpc@0.2.2"];
  try {
    const { success } = await new Deno.Command("npm", { args, stdout: "null", stderr: "null" })
      .output();
    return success ? folder : undefined;
  } catch {
    return undefined;
  }
}

await compete([...OWN, ...peers(await installKkrpc())], 3);
