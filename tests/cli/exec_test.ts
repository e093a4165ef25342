/** `execnet exec`, as a process. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TemporaryDirectory, test } from "../support/bounded.ts";
import { bash, execnet } from "../support/cli.ts";

const linesOf = (text: string) => text.trimEnd().split("\n");

test("exec prints strings as they are and all else as JSON, and nothing on stderr", async () => {
  const source = `
    const items: unknown[] = ["a b", 1, { b: [null, true] }, 2n ** 70n, new Map([["k", 1]]), undefined];
    for (const item of items) await channel.send(item);
    await channel.send(args.day);
    for await (const _ of channel) throw new Error("there is no input");`;
  const { code, stdout, stderr } = await execnet(["exec", "-e", source, "--args", `{"day":7}`]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(linesOf(stdout), [
    ...["a b", "1", `{"b":[null,true]}`, "1180591620717411303424", `{"k":1}`, "null", "7"],
  ]);
});

test("several targets tag their lines, which they may not forge by control characters", async () => {
  const source = String
    .raw`await channel.send("one\ntwo\t\x1b[2J"); console.log("\x9b1mprinted\x1b[0m")`;
  const args = ["exec", "-w", "2*popen", "-e", source];
  const { code, stdout, stderr } = await execnet(args);
  assertEquals(code, 0);
  assertEquals(linesOf(stdout).sort(), [
    "[gw0] one",
    "[gw0] two\t\\u001b[2J",
    "[gw1] one",
    "[gw1] two\t\\u001b[2J",
  ]);
  assertEquals(linesOf(stderr).sort(), [
    "[gw0] \\u009b1mprinted\\u001b[0m",
    "[gw1] \\u009b1mprinted\\u001b[0m",
  ]);
  const raw = await execnet(["exec", "--raw", "-e", `await channel.send("\x1b[1m")`]);
  assertEquals(raw.stdout, "\x1b[1m\n");
});

test("--json has a line for each item, printed line and end", async () => {
  const source = `await channel.send([1]); console.log("hi");
    if (channel.gateway.id === "a") throw new TypeError("no");`;
  const args = ["exec", "--json", "-w", "popen//id=a", "-w", "popen//id=b", "-e", source];
  const { code, stdout, stderr } = await execnet(args);
  const lines = linesOf(stdout).map((line) => JSON.parse(line));
  const of = (id: string) => lines.filter(({ gateway }) => gateway === id);
  const common = (
    gateway: string,
  ) => [{ gateway, item: [1] }, { gateway, stream: "stdout", line: "hi" }];
  for (const line of common("a")) {
    assertEquals(of("a").filter((each) => equal(each, line)).length, 1);
  }
  assertEquals(of("a").at(-1), { gateway: "a", end: "failed", error: "TypeError: no" });
  assertEquals(of("b").at(-1), { gateway: "b", end: "ok" });
  assertEquals(code, 1);
  assertMatch(stderr, /^GATEWAY +WHAT +CODE +LAST LINE\na +failed +- +TypeError: no\n$/);
});

const equal = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

test("each way to fail has its exit status, and a row in the table", async () => {
  const lost = `console.error("disk gone"); Deno.exit(3)`;
  const [failed, gone, late, unreachable] = await Promise.all([
    execnet(["exec", "-e", `function f() { throw new RangeError("far") } f()`]),
    execnet(["exec", "-e", lost]),
    execnet(["exec", "--timeout", "0.3", "-w", "popen//id=slow", "-e", "for (;;);"]),
    execnet(["exec", "-w", "popen//deno=/no/deno", "-w", "popen", "-e", "channel.send(1)"]),
  ]);
  assertEquals([failed, gone, late, unreachable].map(({ code }) => code), [1, 4, 124, 3]);
  assertStringIncludes(failed.stderr, "[gw0] RangeError: far\n[gw0]     at f (remoteExec:1:22)");
  assertMatch(gone.stderr, /\ngw0 +lost +3 +disk gone\n$/);
  assertMatch(late.stderr, /\nslow +timeout +- +not done within 0.3 s\n$/);
  assertMatch(unreachable.stderr, /\ngw0 +unreachable +- +cannot start gateway gw0/);
  assertEquals(unreachable.stdout, "[gw1] 1\n");
});

test("what is wrong with the command line or the code is told before anything starts", async () => {
  await using directory = await TemporaryDirectory.make();
  const broken = await directory.write("broken.ts", "const x = ;");
  const lacking = await directory.write("lacking.ts", `import "./none.ts";`);
  const wanted: [string[], string][] = [
    [[], "exec takes a file, a URL, or the text of -e"],
    [["-e", "const x ="], "does not parse at line 1, column 10"],
    [["-e", "n => n"], "a function that nothing calls"],
    [["-e", "1", "-w", "poppen"], `did you mean "popen"?`],
    [["none.ts"], "none.ts"],
    [[broken], "broken.ts"],
    [[lacking], "none.ts"],
    [["-e", "1", "-b", "--json"], "exclude each other"],
  ];
  const results = await Promise.all(
    wanted.map(([args]) => execnet(["exec", ...args], { cwd: directory.path })),
  );
  for (const [index, { code, stdout, stderr }] of results.entries()) {
    assertEquals([code, stdout], [2, ""], stderr);
    assertStringIncludes(stderr, wanted[index][1]);
  }
});

test("a file is sent with what it imports, and gets the grants of the command line", async () => {
  await using directory = await TemporaryDirectory.make();
  await directory.write("name.ts", "export const file: string = './secret';");
  await directory.write("secret", "42");
  await directory.write(
    "a job#1.ts",
    `import { file } from "./name.ts";
     export default async (channel: { send(item: unknown): Promise<void> }) =>
       await channel.send(Deno.readTextFileSync(file));`,
  );
  const cwd = directory.path;
  const [granted, denied] = await Promise.all([
    execnet(["exec", "a job#1.ts", `--allow-read=${cwd}`], { cwd }),
    execnet(["exec", "a job#1.ts", "--allow-read", "--deny-read=secret"], { cwd }),
  ]);
  assertEquals([granted.code, granted.stdout, granted.stderr], [0, "42\n", ""]);
  assertEquals(denied.code, 1);
  assertStringIncludes(denied.stderr, "NotCapable");
});

test("--stdin sends each line to every target; a line that is no JSON ends it", async () => {
  const source = "for await (const line of channel) await channel.send(line)";
  const [text, json, wrong] = await Promise.all([
    execnet(["exec", "-w", "3*popen", "--fanout", "1", "--stdin", "-e", source], {
      stdin: "a\n\nb",
    }),
    execnet(["exec", "--stdin=json", "-e", source], { stdin: `{"a":1}\n\n[2]\n` }),
    execnet(["exec", "--stdin=json", "-e", source], { stdin: `1\n{\n3\n` }),
  ]);
  const of = (id: string) => [`[${id}] a`, `[${id}] `, `[${id}] b`];
  assertEquals(text.stdout.split("\n").slice(0, -1), [...of("gw0"), ...of("gw1"), ...of("gw2")]);
  assertEquals(json.stdout, `{"a":1}\n[2]\n`);
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.stderr, "line 2 of stdin is not JSON");
});

test("--gather prints equal outputs once, --out writes a file for each target", async () => {
  await using directory = await TemporaryDirectory.make();
  const source = `await channel.send(channel.gateway.id === "w3" ? "other" : "same\\n!")`;
  const targets = ["-w", "popen//id=w[1-4]"];
  await Deno.mkdir(`${directory.path}/out`);
  await directory.write("out/w1", "of an earlier run");
  const [gathered, written] = await Promise.all([
    execnet(["exec", ...targets, "-b", "-e", source]),
    execnet(["exec", ...targets, "--out", "out", "-e", source], { cwd: directory.path }),
  ]);
  const rule = "-".repeat(15);
  assertEquals(
    gathered.stdout,
    `${rule}\nw[1-2,4] (3)\n${rule}\nsame\n!\n${rule}\nw3 (1)\n${rule}\nother\n`,
  );
  assertEquals([written.code, written.stdout, written.stderr], [0, "", ""]);
  const text = (id: string) => Deno.readTextFileSync(`${directory.path}/out/${id}`);
  assertEquals(["w1", "w2", "w3"].map(text), ["same\n!\n", "same\n!\n", "other\n"]);
  if (Deno.build.os !== "linux") return;
  await Deno.remove(`${directory.path}/out/w2`);
  await Deno.symlink("/dev/full", `${directory.path}/out/w2`);
  const full = await execnet(["exec", ...targets, "--out", "out", "-e", source], {
    cwd: directory.path,
  });
  assertEquals(full.code, 1);
  assertMatch(full.stderr, /\nw2 +failed +- +cannot write out\/w2: No space left on device/);
});

test("behind head, and without stdin, it ends quietly", async () => {
  const endless = "for (let n = 0;; n++) await channel.send(n)";
  const { code, stdout, stderr } = await bash(
    `execnet exec -w '2*popen//id=a[0-1]' -e '${endless}' 0<&- | head -n 1 >/dev/null; echo "\${PIPESTATUS[0]}"`,
  );
  assertEquals([code, stdout, stderr], [0, "0\n", ""]);
});

test("a target that others go through ends after them, and --fanout does not block it", async () => {
  const args = [
    "exec",
    "-A",
    "--fanout",
    "1",
    "-w",
    "popen//via=hub//id=spoke",
    "-w",
    "popen//id=hub",
  ];
  const source = "await channel.send(channel.gateway.id)";
  const [both, none] = await Promise.all([
    execnet([...args, "-e", source]),
    execnet([...args.slice(0, -1), "popen//id=hub//deno=/no/deno", "-e", source]),
  ]);
  assertEquals([both.code, linesOf(both.stdout).sort()], [0, ["[hub] hub", "[spoke] spoke"]]);
  assertEquals(none.code, 3);
  assertMatch(none.stderr, /spoke +unreachable +- +the target hub, which it goes through/);
});

test("--dry-run prints what would be started, and starts nothing", async () => {
  const targets = ["-w", "popen//id=p", "-w", "tcp=h:1//token=00000000000000000000000000000000"];
  const { code, stdout, stderr } = await execnet(
    ["exec", ...targets, "--allow-read=/data", "--dry-run", "-e", "1"],
  );
  assertEquals([code, stderr], [0, ""]);
  const [popen, tcp] = linesOf(stdout);
  assertMatch(popen, /^\[p\] \S*sh .*deno run .*--allow-read=\S*\/data/);
  assertEquals(tcp, "[gw0] connects to h:1");
});
