/** Runs the demo on a tree with difficult names and contents. */

import { assertEquals, assertMatch } from "@std/assert";
import { assert } from "../tests/support/assert.ts";
import { Group } from "@x/execnet";
import { testWith } from "../tests/support/needs.ts";
import { handOut, type Outcome } from "./demo/hand_out.ts";
import { DEADLINE_MS, ROOT, run, runExample } from "../tests/support/examples.ts";

interface FileSums {
  path: string;
  sha256: string;
  lines: number;
  bytes: number;
}

interface JsonReport {
  dir: string;
  total: { files: number; lines: number; bytes: number; errors: number };
  gateways: { id: string; files: number; lines: number; bytes: number }[];
  files: FileSums[];
  errors: { path: string; error: string }[];
}

/** A tree with everything that is easily got wrong; removed at the end of the block. */
async function makeTree(): Promise<AsyncDisposable & { path: string }> {
  const parent = await Deno.makeTempDir({ prefix: "execnet demo " });
  const path = `${await Deno.realPath(parent)}/tree`;
  await Deno.mkdir(`${path}/nested/deeper`, { recursive: true });
  await Deno.mkdir(`${path}/empty`);
  const files: Record<string, string | Uint8Array> = {
    "empty.txt": "",
    "two lines.txt": "one\ntwo\n",
    "no final newline": "one\ntwo",
    "only newlines": "\n\n\n",
    "carriage returns": "one\r\ntwo\r",
    "größe 大きさ 😀.txt": "ß\n",
    "new\nline": "x\n",
    "back\\slash": "y\n",
    "-dash": "z\n",
    ".hidden": "h\n",
    "nested/binary": Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7919) >> 3),
    "nested/deeper/large": new Uint8Array(3_000_000).map((_, i) => i % 97),
  };
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(`${path}/${name}`, bytes);
  }
  await Deno.writeTextFile(`${parent}/outside`, "outside\n");
  await Deno.symlink("../outside", `${path}/link to a file`);
  await Deno.symlink("..", `${path}/link to a directory`);
  await Deno.symlink("nowhere", `${path}/broken link`);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(parent, { recursive: true }) };
}

/** What GNU's programs say of the files of a tree. Prints NUL-separated fields. */
const SUMS_BY_SYSTEM = `
cd -- "$0" && find . -type f -exec sh -c '
  for path do
    sum=$(sha256sum < "$path") lines=$(wc -l < "$path") bytes=$(wc -c < "$path")
    printf "%s\\0%s\\0%s\\0%s\\0" "\${path#./}" "\${sum%% *}" "$lines" "$bytes"
  done' sh {} +`;

async function sumsBySystem(path: string): Promise<FileSums[]> {
  const { stdout } = await run("sh", ["-c", SUMS_BY_SYSTEM, path]);
  const fields = stdout.split("\0").slice(0, -1);
  const sums: FileSums[] = [];
  for (let i = 0; i < fields.length; i += 4) {
    const [path, sha256, lines, bytes] = fields.slice(i, i + 4);
    sums.push({ path, sha256, lines: Number(lines), bytes: Number(bytes) });
  }
  return sums.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** One figure of one program over the whole tree. */
async function systemTotal(path: string, command: string): Promise<string> {
  const { stdout } = await run("sh", ["-c", `cd -- "$0" && ${command}`, path]);
  return stdout.trim();
}

testWith(["linux"], "demo --json agrees with sha256sum and wc about each file", async () => {
  await using tree = await makeTree();
  const { code, stdout, stderr } = await runExample("demo", { args: ["--json", tree.path] });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const report: JsonReport = JSON.parse(stdout);
  assertEquals(report.dir, tree.path);
  assertEquals(report.files, await sumsBySystem(tree.path));
  assertEquals(report.errors, []);
  assertEquals(report.gateways.length, navigator.hardwareConcurrency);
});

testWith(
  ["linux"],
  "demo's totals are those of find, sha256sum and wc on the same tree",
  async () => {
    await using tree = await makeTree();
    const { stdout } = await runExample("demo", { args: ["--json", "--gateways=3", tree.path] });
    const { total, gateways, files }: JsonReport = JSON.parse(stdout);
    const all = "find . -type f -print0";
    assertEquals(`${total.files}`, await systemTotal(tree.path, `${all} | tr -cd '\\0' | wc -c`));
    assertEquals(
      `${total.lines}`,
      await systemTotal(tree.path, `${all} | xargs -0 cat -- | wc -l`),
    );
    assertEquals(
      `${total.bytes}`,
      await systemTotal(tree.path, `${all} | xargs -0 cat -- | wc -c`),
    );
    assertEquals(
      files.map(({ sha256 }) => sha256).sort().join("\n"),
      // sha256sum puts a backslash before the sum where it escapes the name.
      await systemTotal(
        tree.path,
        `${all} | xargs -0 sha256sum -- | sed 's/^\\\\//' | grep -Eo '^[0-9a-f]{64} ' | tr -d ' ' | LC_ALL=C sort`,
      ),
    );
    for (const key of ["files", "lines", "bytes"] as const) {
      assertEquals(gateways.reduce((sum, gateway) => sum + gateway[key], 0), total[key]);
    }
    assertEquals(gateways.map(({ id }) => id), ["gw0", "gw1", "gw2"]);
  },
);

Deno.test("demo prints a table with a row for each gateway and the total", async () => {
  await using tree = await makeTree();
  const { code, stdout, stderr } = await runExample("demo", { args: ["--gateways=2", tree.path] });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const [head, first, second, total, , summary] = stdout.split("\n");
  assertMatch(head, /^gateway +files +bytes +MB\/s$/);
  assertMatch(first, /^gw0 +[\d,]+ +[\d,]+ +\d+\.\d$/);
  assertMatch(second, /^gw1 +[\d,]+ +[\d,]+ +\d+\.\d$/);
  assertMatch(total, /^total +12 +3,070,\d{3} +\d+\.\d$/);
  assertMatch(summary, /^[\d,]+ lines in 12 files of /);
  assertMatch(stdout, /\nslowest 5 files:\n( +\d+\.\d ms {2}gw[01] {2}.+ \([\d,]+ bytes\)\n){5}$/);
});

Deno.test("demo resolves a relative directory against the working directory", async () => {
  await using tree = await makeTree();
  const { stdout } = await runExample("demo", {
    args: ["--json", "--gateways=1", "../tree/nested/"],
    env: { INIT_CWD: tree.path },
  });
  const report: JsonReport = JSON.parse(stdout);
  assertEquals(report.dir, `${tree.path}/nested`);
  assertEquals(report.total.files, 2);
});

Deno.test("demo of an empty directory prints an empty report", async () => {
  await using tree = await makeTree();
  const { code, stdout } = await runExample("demo", { args: [`${tree.path}/empty`] });
  assertEquals(code, 0);
  assertMatch(stdout, /\ntotal +0 +0 +0\.0\n\n0 lines in 0 files of /);
});

Deno.test("demo lists unreadable files, goes on, and ends with code 1", async () => {
  await using tree = await makeTree();
  const { code, stdout } = await runExample("demo", {
    args: ["--json", tree.path],
    flags: [`--deny-read=${tree.path}/nested`],
  });
  const report: JsonReport = JSON.parse(stdout);
  assertEquals(code, 1);
  assertEquals(report.errors.map(({ path }) => path), ["nested"]);
  assertEquals(report.total.errors, 1);
  assertEquals(report.total.files, 10);
});

Deno.test("demo's gateways go on after a file that has vanished", async () => {
  await using tree = await makeTree();
  await using group = new Group({
    defaultSpec: { popen: true, permissions: { read: [tree.path] } },
  });
  const gateway = await group.makeGateway();
  const files = ["-dash", "vanished", ".hidden"].map((name) => (
    { name, path: `${tree.path}/${name}`, size: 0 }
  ));
  const outcomes: Outcome[] = [];
  const { signal } = new AbortController();
  await handOut([gateway], files, (outcome) => outcomes.push(outcome), signal);
  assertEquals(outcomes.map((outcome) => [outcome.file.name, "error" in outcome]), [
    ["-dash", false],
    ["vanished", true],
    [".hidden", false],
  ]);
});

Deno.test("demo accounts for all files when every gateway is lost", async () => {
  await using group = new Group({ defaultSpec: { popen: true, output: "null" } });
  const gateway = await group.makeGateway();
  await gateway.terminate();
  const files = ["a", "b"].map((name) => ({ name, path: `/${name}`, size: 0 }));
  const outcomes: Outcome[] = [];
  const { signal } = new AbortController();
  await handOut([gateway], files, (outcome) => outcomes.push(outcome), signal);
  assert(outcomes.every((outcome) => "error" in outcome));
  assertEquals(outcomes.map(({ file }) => file.name), ["a", "b"]);
});

Deno.test("demo refuses unknown options with code 2", async () => {
  const cases: [string[], RegExp][] = [
    [["--jsn"], /there is no option --jsn/],
    [["-j"], /there is no option -j/],
    [["--gateways"], /--gateways takes a number/],
    [["--gateways=0"], /--gateways takes a number/],
    [["--gateways=two"], /--gateways takes a number/],
    [["a", "b"], /give one directory, not 2/],
    [["/nonexistent"], /cannot read \/nonexistent/],
    [["deno.json"], /deno\.json is not a directory/],
  ];
  const env = { INIT_CWD: (await Deno.realPath(ROOT)).toString() };
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await runExample("demo", { args, env });
    assertEquals({ args, code, stdout }, { args, code: 2, stdout: "" });
    assertMatch(stderr, message);
  }
});

Deno.test("demo --help prints the usage", async () => {
  const { code, stdout } = await runExample("demo", { args: ["--help"] });
  assertEquals(code, 0);
  assertMatch(stdout, /^Usage: demo \[options\] \[dir\]\n/);
});

Deno.test("demo ends with code 130 when it is interrupted", async () => {
  await using tree = await makeTree();
  await Deno.truncate(`${tree.path}/nested/deeper/large`, 64 * 1024 ** 3); // a hole: takes no room
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "examples/demo.ts", "--json", tree.path],
    env: { NO_COLOR: "1" },
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).spawn();
  // Its gateways are its children; it listens for the signal before it starts them.
  const { stdout: pids } = await run("sh", [
    "-c",
    `for i in $(seq 300); do
      cat "/proc/$0/task/"*/children 2>/dev/null | grep . && exit
      pgrep -P "$0" 2>/dev/null && exit
      sleep 0.1
    done`,
    `${child.pid}`,
  ]);
  assertMatch(pids, /\d/);
  child.kill("SIGINT");
  const { code, stdout, stderr } = await child.output();
  assertEquals(code, 130);
  assertEquals(new TextDecoder().decode(stdout), "");
  assertEquals(new TextDecoder().decode(stderr), "interrupted\n");
});
