import { assertEquals } from "@std/assert";
import { runCase } from "./run_case.ts";

/** Some files crash the native code that reads them. */
const PROGRAM = `
  import { Group } from "@x/execnet";
  await using group = await Group.open(["popen//id=left", "popen//id=right"]);
  const files = Array.from({ length: 24 }, (_, size) => ({ size, isBroken: size < 5 || size % 8 === 0 }));
  const read = (file: { size: number; isBroken: boolean }) => {
    if (file.isBroken) Deno.exit(139);
    return file.size;
  };
  const broken: number[] = [];
  const sizes = await Array.fromAsync(group.map(files, read, {
    respawn: true,
    onError(_error, { size }) {
      broken.push(size);
    },
  }));
  console.log(sizes.join());
  console.log(broken.sort((a, b) => a - b).join());
`;

Deno.test("files that crash their readers do not keep a map from the others", async () => {
  const { code, stdout } = await runCase(PROGRAM);
  const isBroken = (size: number) => size < 5 || size % 8 === 0;
  const sizes = Array.from({ length: 24 }, (_, size) => size);
  assertEquals(code, 0);
  assertEquals(stdout.trim().split("\n"), [
    sizes.filter((size) => !isBroken(size)).join(),
    sizes.filter(isBroken).join(),
  ]);
});
