/** Runs each example as its first lines say, with those permissions and no more. */
import { assertEquals, assertMatch } from "@std/assert";
import { assert } from "../tests/support/assert.ts";
import { Group } from "@x/execnet";
import { testWith } from "../tests/support/needs.ts";
import { handOut, type Outcome } from "./demo/hand_out.ts";

const ROOT = new URL("../", import.meta.url);
const DEADLINE_MS = 60_000;

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

async function run(command: string, args: string[], env?: Record<string, string>): Promise<Ran> {
  const output = await new Deno.Command(command, {
    args,
    env: { NO_COLOR: "1", ...env },
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

/** Runs an example with the flags that its first comment states. */
async function runExample(
  name: string,
  { args = [], flags = [], env }: {
    args?: string[];
    flags?: string[];
    env?: Record<string, string>;
  } = {},
): Promise<Ran> {
  const file = `examples/${name}.ts`;
  const text = await Deno.readTextFile(new URL(file, ROOT));
  const stated = /^ \* {5}deno run (.+) (examples\/\S+)/m.exec(text);
  assertEquals(stated?.[2], file, `${file} does not say how to run it`);
  const permissions = (stated?.[1] ?? "").split(" ");
  const all = ["run", "--quiet", "--no-prompt", ...permissions, ...flags, file, ...args];
  return await run(Deno.execPath(), all, env);
}

async function outputOf(name: string): Promise<string> {
  const { code, stdout, stderr } = await runExample(name);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  return stdout;
}

Deno.test("quickstart prints the answer of its gateway", async () => {
  assertMatch(
    await outputOf("quickstart"),
    /^gateway gw0 runs Deno \d+\.\d+\.\d+\S* on \w+\n41 \+ 1 = 42\ndoubled: 2\ndoubled: 4\ndoubled: 6\n2 to the 10th is 1024\n$/,
  );
});

Deno.test("cwd compares working directories", async () => {
  assertMatch(
    await outputOf("cwd"),
    /^here: \/.+\nroot: \/\nalso-root: \/\nhere is where this process is: true\nroot and also-root are the same: true\nhere and root are the same: false\n$/,
  );
});

Deno.test("callback prints the end marker last, and then that the channel closed", async () => {
  assertEquals(
    await outputOf("callback"),
    "received 3\nreceived 2\nreceived 1\nthat was all\nclosed\n",
  );
});

Deno.test("channels_over_channels gets each answer on its own channel", async () => {
  assertEquals(
    await outputOf("channels_over_channels"),
    "gateway: g a t e w a y\nchannel: c h a n n e l\n",
  );
});

Deno.test("permissions shows grants, denials, narrowing and refusals", async () => {
  assertEquals(
    await outputOf("permissions"),
    [
      `plain: NotCapable: Requires read access to "/etc/hosts", run again with the --allow-read ` +
      `flag; add allow-read=/etc/hosts to the spec of gateway plain`,
      `reader reads /etc/hosts: true`,
      `reader: NotCapable: Requires read access to "/etc/shadow", run again with the --allow-read ` +
      `flag; deny-read=/etc/shadow of the spec of gateway reader stands against it`,
      `less: /etc/hosts: read`,
      `less: /etc/passwd: NotCapable`,
      `more: this execution cannot have what gateway reader does not grant: read=/etc/shadow ` +
      `(deny-read=/etc/shadow in its spec stands against it); all of net (add allow-net to its spec)`,
      ``,
    ].join("\n"),
  );
});

Deno.test("cancel stops one execution cooperatively, and another by ending its process", async () => {
  const { code, stdout, stderr } = await runExample("cancel");
  assertEquals([code, stderr], [0, "[gw0] stopped after some rounds\n"]);
  assertEquals(
    stdout,
    `polite: counting\nbusy: spinning\nrunning: [ "spin" ]\nrunning: []\n`,
  );
});

Deno.test("via starts gateways through another", async () => {
  assertEquals(
    await outputOf("via"),
    `one says 6\ntwo says 6\n[ "gateway one", "gateway two" ]\n`,
  );
});

Deno.test("multiplier multiplies by its argument, and captured variables are refused", async () => {
  assertMatch(
    await outputOf("multiplier"),
    /^1 \* 10 = 10\n2 \* 10 = 20\n3 \* 10 = 30\nrefused: factor on line \d+\n$/,
  );
});

Deno.test("remote_module runs a module with its imports, and its errors name the module's lines", async () => {
  assertEquals(
    await outputOf("remote_module"),
    "the: 3\ndog: 2\nRangeError in count_words.ts:8: there is no top -1\n",
  );
});

Deno.test("command_loop keeps state between two commands", async () => {
  assertEquals(await outputOf("command_loop"), "sum: 42\nsum: 0\n");
});

Deno.test("tcp_gateway works through a server, and is refused more than that grants", async () => {
  assertEquals(
    await outputOf("tcp_gateway"),
    "sessions: 1\nthe host has a name: true\nasked for more: LaunchError\n" +
      "asked for in: AuthenticationError\nsessions: 0\n",
  );
});

Deno.test("redirect_output collects the lines of a gateway", async () => {
  assertEquals(
    await outputOf("redirect_output"),
    "printer stderr: three\nprinter stdout: one\nprinter stdout: two\n",
  );
});

Deno.test("taskserver runs each task once, on whichever worker is free", async () => {
  const lines = (await outputOf("taskserver")).trimEnd().split("\n");
  assertEquals(lines.length, 12);
  assertEquals(lines[1], "1001 = 7 × 11 × 13");
  for (const [i, line] of lines.entries()) {
    const [task, ...factors] = line.split(/ = | × /).map(Number);
    assertEquals([task, factors.reduce((a, b) => a * b)], [1000 + i, 1000 + i]);
  }
});

Deno.test("map_reduce counts what grep, sort and uniq count", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${dir}/deeper`);
    await Deno.writeTextFile(`${dir}/one.txt`, "The cat, the dog; THE end.\n");
    await Deno.writeTextFile(`${dir}/deeper/two.md`, "a dog\nand a cat\n");
    await Deno.writeTextFile(`${dir}/three.bin`, "the the the");
    const { code, stdout, stderr } = await runExample("map_reduce", { args: [dir] });
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    const counted = await run("sh", [
      "-c",
      `cat "$0/one.txt" "$0/deeper/two.md" | tr A-Z a-z | grep -oE '[a-z]+' | sort | uniq -c |
         LC_ALL=C sort -k1,1nr -k2,2 | awk '{ print $1 "\t" $2 }'`,
      dir,
    ]);
    assertEquals(stdout, counted.stdout + "6 different words in 2 files\n");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

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
