/** `deno task example quickstart`: runs one of examples/. */
import { runAttached } from "./deno.ts";
import { Failure } from "./failure.ts";
import { listFiles } from "./files.ts";
import { ROOT } from "./paths.ts";

export async function runExample(
  [name = "", ...args]: string[],
): Promise<number> {
  const names = (await listFiles(
    new URL("examples/", ROOT),
    (path) => /^(?!_)[^/]+(?<!_test)\.ts$/.test(path),
  )).map((path) => path.replace(/\.ts$/, ""));
  if (!names.includes(name)) {
    throw new Failure(`No example "${name}"; there are: ${names.join(", ")}.`);
  }
  return await runAttached(["run", "-A", `examples/${name}.ts`, ...args]);
}
