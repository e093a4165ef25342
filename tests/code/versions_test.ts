/** What can be sent by an initiator that runs an older Deno. */
import { assertEquals, assertMatch } from "@std/assert";
import { scratch } from "../support/files.ts";
import { offline } from "../support/offline.ts";
import { OLDEST_DENO, oldestDeno } from "../support/hosts/oldest_deno.ts";

const deno = await oldestDeno();
const ROOT = new URL("../../", import.meta.url);

/** What a script prints that has `gw` and `show`. */
async function printed(script: string, env: Record<string, string> = {}): Promise<string> {
  await using dir = await scratch({
    "script.ts": `import { makeGateway } from "${ROOT}mod.ts";
await using gw = await makeGateway();
const show = (result: Promise<unknown>) => result.then(console.log, (e) => console.log(String(e)));
${script}`,
    "job.js": `import { b } from "./b.js"; export default (channel) => channel.send(b);`,
    "b.js": "export const b = 1;",
    "typed.ts": `const b: number = 2; export default (channel: any) => channel.send(b);`,
  });
  const { stdout, stderr } = await new Deno.Command(deno ?? "", {
    args: ["run", "-A", "--quiet", "--no-lock", `--config=${ROOT.pathname}deno.json`]
      .concat(dir.url("script.ts").href),
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return decoder.decode(stdout) + decoder.decode(stderr);
}

const name = (sentence: string) => `Deno ${OLDEST_DENO} as the initiator ${sentence}`;
const ignore = deno === undefined;

Deno.test(name("sends functions with types, and JavaScript"), { ignore }, async () => {
  const script = `
await show(gw.call((n: number): number => n + 1, 1));
await show(gw.remoteExec("await channel.send(2);").receive());
await show(gw.remoteExec(new URL("./job.js", import.meta.url)).receive());`;
  assertEquals(await printed(script), "2\n2\n1\n");
});

Deno.test(name("checks a program that imports this package"), { ignore }, async () => {
  const { code, stderr } = await new Deno.Command(deno ?? "", {
    args: ["check", "--quiet", `--config=${ROOT.pathname}deno.json`, `${ROOT}mod.ts`],
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
});

Deno.test(name("says that source text with types needs a later one"), { ignore }, async () => {
  const script = `await show(gw.remoteExec("const a: number = 1;").waitClose());`;
  assertMatch(
    await printed(script),
    /SyntaxError: .* at remoteExec:1:8; Deno .* needs 2\.9 for that/,
  );
});

Deno.test(name("says what modules with types need, if it has no esbuild"), { ignore }, async () => {
  await using without = await offline();
  const script = `await show(gw.remoteExec(new URL("./typed.ts", import.meta.url)).receive());`;
  const output = await printed(script, without.env);
  assertMatch(output, /ModuleError: .*needs esbuild.*Deno 2\.8 and later can/s);
});
