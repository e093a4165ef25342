/** `execnet map`, as a process. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { progressText } from "../../cli/map/progress.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";
import { execnet } from "../support/cli.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, n) => `${n}\n`).join("");

test("map prints results in order, of a typed function or of a module with imports", async () => {
  await using directory = await TemporaryDirectory.make();
  await directory.write("times.ts", "export const times = (a: number, b: number) => a * b;");
  await directory.write(
    "job.ts",
    `import { times } from "./times.ts";
     export default (n: number, by: number) => times(n, by);`,
  );
  const slowFirst = `async (n: number) => {
    await new Promise((resolve) => setTimeout(resolve, n === 0 ? 100 : 0));
    return { n };
  }`;
  const [source, module, lines] = await Promise.all([
    execnet(["map", "-w", "2*popen", "-e", slowFirst], { stdin: numbers(5) }),
    execnet(["map", "job.ts", "--args", "10"], { stdin: "1\n\n2\n", cwd: directory.path }),
    execnet(["map", "--lines", "-e", "(s) => s.length"], { stdin: "a\n\nb c" }),
  ]);
  assertEquals(source.stdout, [0, 1, 2, 3, 4].map((n) => `{"n":${n}}\n`).join(""));
  assertEquals([source.code, source.stderr], [0, ""]);
  assertEquals([module.stdout, module.stderr], ["10\n20\n", ""]);
  assertEquals(lines.stdout, "1\n0\n3\n");
});

test("an item that fails ends the map behind it, or is left out with --keep-going", async () => {
  const source = `(n) => { if (n === 1) throw new TypeError("one"); return n }`;
  const [ended, kept, late, wrong] = await Promise.all([
    execnet(["map", "--json", "-e", source], { stdin: numbers(4) }),
    execnet(["map", "--keep-going", "-e", source], { stdin: numbers(4) }),
    execnet([
      "map",
      "--timeout",
      "0.4",
      "--keep-going",
      "-e",
      "(n) => { while (n === 1); return n }",
    ], {
      stdin: numbers(3),
    }),
    execnet(["map", "-e", "(n) => n"], { stdin: "0\n{" }),
  ]);
  assertEquals(ended.stdout, `{"index":0,"result":0}\n{"index":1,"error":"TypeError: one"}\n`);
  assertEquals(kept.stdout, "0\n2\n3\n");
  assertMatch(kept.stderr, /^ITEM +WHAT +LAST LINE\n1 +failed +TypeError: one\n$/);
  assertEquals([ended, kept, late, wrong].map(({ code }) => code), [1, 1, 124, 2]);
  assertEquals(late.stdout, "0\n2\n");
  assertStringIncludes(wrong.stderr, "line 2 of stdin is not JSON");
});

test("what --retries makes good is status 0 with a warning, what it does not is 4", async () => {
  await using directory = await TemporaryDirectory.make();
  const once = `(n, path) => {
    try { Deno.writeTextFileSync(path, "", { createNew: true }) } catch { return n }
    Deno.exit(3);
  }`;
  const path = `${directory.path}/once`;
  const [good, bad] = await Promise.all([
    execnet(["map", "--retries", "1", "--args", JSON.stringify(path), "-A", "-e", once], {
      stdin: "7",
    }),
    execnet(["map", "-e", "() => Deno.exit(3)"], { stdin: "7" }),
  ]);
  assertEquals([good.code, good.stdout], [0, "7\n"]);
  assertMatch(good.stderr, /^execnet: warning: 1 loss of gateways, made good by retries; .*\n$/);
  assertEquals([bad.code, bad.stdout], [4, ""]);
  assertMatch(bad.stderr, /^GATEWAY .*\ngw0 +lost +- .*ended with code 3/);
});

test("--resume prints what is in the log in order, and runs the rest", async () => {
  await using directory = await TemporaryDirectory.make();
  const cwd = directory.path;
  const source = `async (n, end) => { if (n === end) Deno.exit(1); return n * 2 }`;
  const args = ["map", "--log", "log", "--args", "600", "-e", source];
  const first = await execnet(args, { cwd, stdin: numbers(1000) });
  assertEquals(first.code, 4);
  const log = await Deno.readTextFile(`${cwd}/log`);
  const done = log.trimEnd().split("\n").filter((line) => JSON.parse(line).result !== undefined);
  assertEquals(done.length >= 300, true, `${done.length} of 600`);
  // As a kill within a write leaves it; and the results are known to come from here.
  await Deno.writeTextFile(
    `${cwd}/log`,
    log.replaceAll(`"result":2}`, `"result":"kept"}`) + `{"hash`,
  );
  const rest = numbers(1000).replace("\n600\n", "\n");
  const second = await execnet([...args, "--resume"], { cwd, stdin: rest });
  assertEquals([second.code, second.stderr], [0, ""]);
  const wanted = rest.trim().split("\n").map((n) => n === "1" ? `"kept"` : `${Number(n) * 2}`);
  assertEquals(second.stdout.trim().split("\n"), wanted);
  const lines = (await Deno.readTextFile(`${cwd}/log`)).trimEnd().split("\n");
  assertEquals(lines.length, log.trimEnd().split("\n").length + 1 + 999 - done.length);
});

test("a function that is none, or not pure, is told before anything starts", async () => {
  const wanted = [
    [["-e", "42"], "map takes a function"],
    [["-e", "(n =>"], "the function of -e is wrong"],
    [["-e", "(n) => n + missing"], "missing"],
    [["--resume", "-e", "(n) => n"], "--resume needs --log"],
    [[], "map takes a file, a URL, or the function of -e"],
  ] as const;
  const results = await Promise.all(wanted.map(([args]) => execnet(["map", ...args])));
  for (const [index, { code, stderr }] of results.entries()) {
    assertEquals(code, 2);
    assertStringIncludes(stderr, wanted[index][1]);
  }
});

Deno.test("progress tells when all will be done, once it knows how many there are", () => {
  const now = { done: 3, failed: 1, running: 2, perSecond: 0.05 };
  assertEquals(progressText(now), "3 done, 1 failed, 2 running, 0.1/s");
  assertEquals(
    progressText({ ...now, total: 10 }),
    "3/10 done, 1 failed, 2 running, 0.1/s, ETA 2:00",
  );
});
