import { assertEquals } from "@std/assert";
import { runCase } from "./run_case.ts";

/** Each item writes a file, unless it is told to stop before. */
const PROGRAM = `
  import { Group, type MapContext } from "@x/execnet";
  const dir = Deno.cwd() + "/charged";
  await Deno.mkdir(dir);
  await using group = await Group.open([{ popen: true, permissions: { write: [dir] } }]);
  const charge = async (customer: number, dir: string, { signal }: MapContext) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    signal.throwIfAborted();
    await Deno.writeTextFile(dir + "/" + customer, "");
  };
  const controller = new AbortController();
  const options = { args: dir, signal: controller.signal, isolate: ISOLATE, name: "charge" };
  const first = group.map([1, 2, 3], charge, options).next();
  const executing = async () => {
    const [status] = (await group.remoteStatus()).values();
    return status.reachable ? status.executing.join() : "unreachable";
  };
  while (await executing() !== "charge");
  controller.abort();
  console.log(await first.then(() => "a result", (error) => error.name));
  while (await executing() !== "");
  console.log([...Deno.readDirSync(dir)].length, "charged");
`;

for (const isolate of [false, true]) {
  Deno.test(`an aborted map charges no customer any more (isolate: ${isolate})`, async () => {
    const { code, stdout } = await runCase(PROGRAM.replace("ISOLATE", `${isolate}`));
    assertEquals([code, stdout.trim().split("\n")], [0, ["AbortError", "0 charged"]]);
  });
}
