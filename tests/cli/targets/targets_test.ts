/** What `-w` and its companions stand for. */

import { assertEquals, assertRejects } from "@std/assert";
import { parseArguments } from "../../../cli/arguments/parse.ts";
import { COMMANDS } from "../../../cli/table/commands.ts";
import { targetsOf } from "../../../cli/targets/targets.ts";
import { UsageError } from "../../../cli/usage.ts";
import { assertExists } from "../../support/assert.ts";
import { TemporaryDirectory, test } from "../../support/bounded.ts";

const exec = COMMANDS.find(({ name }) => name === "exec");
assertExists(exec);
const targets = async (...args: string[]) => await targetsOf(await parseArguments(exec, args));
const ids = async (...args: string[]) => (await targets(...args)).map(({ id }) => id);

test("ids are the host names of a range, and gw0, gw1 … otherwise", async () => {
  assertEquals(await ids(), ["gw0"]);
  assertEquals(await ids("-w", "2*popen", "-w", "ssh=a"), ["gw0", "gw1", "gw2"]);
  assertEquals(
    await ids("-w", "popen", "-w", "ssh=-p 22 me@web[01-02,7].x", "-w", "tcp=n[1-2]:8888"),
    ["gw0", "web01.x", "web02.x", "web7.x", "n1", "n2"],
  );
  assertEquals(await ids("-w", "ssh=web[1-2]", "-w", "ssh=web[2-3]"), ["web1", "web2", "web3"]);
  assertEquals(await ids("-w", "2*ssh=web[1-2]"), ["web1", "web2", "web1-2", "web2-2"]);
  assertEquals(await ids("-w", "popen//id=w[0-2]", "-w", "popen//id=x"), ["w0", "w1", "w2", "x"]);
  const [, second] = await targets("-w", "ssh=me@web[1-2]//id=a[1-2]//chdir=/srv");
  assertEquals([second.id, second.spec.ssh, second.spec.chdir], ["a2", "me@web2", "/srv"]);
});

test("-x leaves out ids and ranges of them", async () => {
  assertEquals(await ids("-w", "ssh=web[1-5]", "-x", "web[1-2]", "-x", "web4,web5"), ["web3"]);
  await assertRejects(() => ids("-w", "ssh=web[1-2]", "-x", "wb1"), UsageError, `mean "web1"?`);
  await assertRejects(() => ids("-x", "gw0"), UsageError, "leaves no target");
});

test("the hosts file gives names to targets, quoted as in a shell", async () => {
  await using directory = await TemporaryDirectory.make();
  const hosts = await directory.write(
    "hosts",
    `# ours\nweb: ssh=web[01-02] "ssh=-p 22 db#1" # and\n\nall: @web 2*popen\nloop: @pool\npool: @loop\n`,
  );
  const given = ["--hosts", hosts];
  assertEquals(await ids("-w", "@all", ...given), ["web01", "web02", "gw0", "gw1", "gw2"]);
  assertEquals((await targets("-w", "@web", ...given))[2].spec.ssh, "-p 22 db#1");
  await assertRejects(() => ids("-w", "@wbe", ...given), UsageError, `did you mean "@web"?`);
  await assertRejects(() => ids("-w", "@loop", ...given), UsageError, "names itself");
  await assertRejects(
    () => ids("-w", "@a", "--hosts", "/none"),
    UsageError,
    "cannot read the hosts",
  );
  const wrong = await directory.write("wrong", "web ssh=a\n");
  await assertRejects(() => ids("-w", "@a", "--hosts", wrong), UsageError, `line 1 of ${wrong}`);
  const open = await directory.write("open", "a: 'b\n");
  await assertRejects(() => ids("-w", "@a", "--hosts", open), UsageError, "not closed");
});

test("grants and --connect-timeout complete each spec, and take nothing of its own", async () => {
  const own = ["-w", "popen//allow-read=/a//connectTimeout=5", "-w", "ssh=b//allow-net"];
  const given = [...own, "--allow-read=/b", "-N=x", "--connect-timeout", "1.5", "--deny-env"];
  const [first, second] = (await targets(...given)).map(({ spec }) => spec);
  assertEquals([first["allow-read"], first["allow-net"], `${first.connectTimeout}`], [
    ["/a", "/b"],
    ["x"],
    "5",
  ]);
  assertEquals([second["allow-read"], second["allow-net"], second.connectTimeout], [
    ["/b"],
    true,
    1500,
  ]);
  assertEquals([first["deny-env"], second["deny-env"]], [true, true]);
  const [all] = await targets("-w", "popen//allow-read=/a", "-A");
  assertEquals([all.spec["allow-all"], all.spec["allow-read"]], [true, undefined]);
});

test("wrong targets are refused before anything starts", async () => {
  for (
    const [target, message] of [
      ["ppoen", `did you mean "popen"?`],
      ["popen//id=a//id=b", `the key "id" twice`],
      ["popen//", "an empty part"],
      ["popen//output=null", "text cannot have"],
      ["ssh=web[a-c]", "is no range"],
      ["0*popen", "a number of copies"],
      ["2*popen//id=a", `the id "a"`],
      ["popen//via=nobody", "nobody"],
      ["ssh=a[1-2]//id=b[1-3]", "differ in length"],
    ] as const
  ) await assertRejects(() => targets("-w", target), UsageError, message);
});
