/** Runs each example as its first lines say, with those permissions and no more. */

import { assertEquals, assertMatch } from "@std/assert";
import { outputOf, run, runExample } from "../tests/support/examples.ts";

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

Deno.test("sync_tree copies its source to three gateways, and the second time sends nothing", async () => {
  const { code, stdout, stderr } = await runExample("sync_tree");
  assertEquals(code, 0, stderr);
  const lines = stdout.trimEnd().split("\n");
  const count = /: (\d+) new/.exec(lines[0])?.[1];
  assertEquals(
    lines.map((line) =>
      line.replace(/\d+ bytes sent/, (sent) => sent === "0 bytes sent" ? sent : "…")
    ),
    [
      ...["one", "two", "three"].map((name) => `first ${name}: ${count} new, 0 the same, …`),
      ...["one", "two", "three"].map((name) =>
        `second ${name}: 0 new, ${count} the same, 0 bytes sent`
      ),
    ],
  );
  assertMatch(stderr, new RegExp(`^three: ${count}/${count} files, (\\d+)/\\1 bytes$`, "m"));
});

Deno.test("collect_logs fetches the logs of each gateway, and then what was added", async () => {
  assertEquals(
    await outputOf("collect_logs"),
    "round 1: web: all of 160000 bytes\nround 1: db: all of 160000 bytes\n" +
      "round 2: web: a part of 160008 bytes\nround 2: db: a part of 160008 bytes\n" +
      "web: web.log\ndb: db.log\n",
  );
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
