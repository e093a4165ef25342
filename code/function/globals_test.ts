import { assertEquals } from "@std/assert";
import { REMOTE_GLOBALS } from "./globals.ts";

Deno.test("REMOTE_GLOBALS has every global of a fresh Deno", async () => {
  const print = "console.log(JSON.stringify(Object.getOwnPropertyNames(globalThis)))";
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-config", "--no-lock", `data:text/javascript,${print}`],
    stdin: "null",
    stderr: "inherit",
  }).output();
  const names: string[] = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals(names.filter((name) => !REMOTE_GLOBALS.has(name)), []);
});
