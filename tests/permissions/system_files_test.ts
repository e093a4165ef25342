/** Files that have another name in `/proc` or `/dev`, under grants and denials of their own name. */
import { assertEquals, assertMatch } from "@std/assert";
import { attempt, dataModule, quiet, workerOf } from "../support/attempts.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";
import { testWith } from "../support/needs.ts";

const DENIED = /Requires (read|write|all) access|is not a valid module type/;

/** The ways to read a file: those of Deno, of Node, and imports. */
function reads(path: string): Record<string, string> {
  const imported = `await import("file://${path}", { with: { type: "text" } })`;
  const module = (use: string) => `const it = await import("node:module"); ${use}`;
  return {
    "Deno": `return Deno.readTextFileSync("${path}")`,
    "node:fs": `return (await import("node:fs")).readFileSync("${path}", "utf8")`,
    "fetch": `return await (await fetch("file://${path}")).text()`,
    "import as text": `return (${imported}).default`,
    "import as JSON": `return (await import("file://${path}", { with: { type: "json" } })).default`,
    "import as code": `return await import("file://${path}")`,
    "import in a worker": workerOf(
      JSON.stringify(dataModule(`postMessage((${imported}).default)`)),
    ),
    "require": module(`return it.createRequire("file:///x.js")("${path}")`),
    "require of JSON": module(
      `const made = { exports: {} }; it.default._extensions[".json"](made, "${path}");
       return made.exports`,
    ),
  };
}

/** The second names of a file below `directory`. */
function otherNames(file: string): string[] {
  return ["/proc/self/root", "/proc/thread-self/root"].map((root) => `${root}${file}`);
}

testWith(
  ["linux"],
  "a denial holds for each name of a file, and for each way to read it",
  async () => {
    await using directory = await TemporaryDirectory.make();
    const file = await directory.write("kept.json", `"the harmless content"`);
    for (
      const permissions of [{ read: true }, { read: ["/"] }, { read: true, write: true }] as const
    ) {
      await using gw = await quiet({ permissions, deny: { read: [file] } });
      for (const name of [file, ...otherNames(file)]) {
        for (const [way, source] of Object.entries(reads(name))) {
          const result = await attempt(gw, source);
          assertMatch(result, DENIED, `${way} of ${name}`);
          assertEquals(result.includes("harmless"), false, `${way}: ${result}`);
        }
      }
    }
  },
);

testWith(["linux"], "an open directory gives its files no names that denials miss", async () => {
  await using directory = await TemporaryDirectory.make();
  const file = await directory.write("kept.json", `"the harmless content"`);
  await using gw = await quiet({ permissions: { read: true }, deny: { read: [file] } });
  const opened = await attempt(
    gw,
    `return (await import("node:fs")).openSync("${directory.path}")`,
  );
  const [, descriptor] = /^returned (\d+)$/.exec(opened) ?? [];
  for (const [way, source] of Object.entries(reads(`/dev/fd/${descriptor}/kept.json`))) {
    assertMatch(await attempt(gw, source), DENIED, way);
  }
});

testWith(["linux"], "a grant of all files grants no environment, of whatever process", async () => {
  await using gw = await quiet({ permissions: { read: true }, env: { HARMLESS: "content" } });
  for (const process of ["self", `${Deno.pid}`, "self/task/self"]) {
    for (const [way, source] of Object.entries(reads(`/proc/${process}/environ`))) {
      const result = await attempt(gw, source);
      assertMatch(result, DENIED, `${way} of ${process}`);
      assertEquals(result.includes("HARMLESS"), false, result);
    }
  }
});

testWith(
  ["linux"],
  "a grant inside of /proc or /dev is none, but for what Deno leaves open",
  async () => {
    await using gw = await quiet({
      permissions: { read: ["/proc", "/proc/self", "/dev/fd/", "/sys/"] },
    });
    for (const [way, source] of Object.entries(reads("/proc/self/environ"))) {
      assertMatch(await attempt(gw, source), DENIED, way);
    }
    const advised = await attempt(gw, `Deno.readTextFileSync("/proc/self/status")`);
    assertMatch(advised, /add allow-all to the spec of gateway gw0/);
  },
);

test("devices that Deno leaves open to all stay open", async () => {
  const permissions = { read: true, write: ["/dev"] };
  await using gw = await quiet({ permissions });
  assertEquals(await attempt(gw, `return Deno.readTextFileSync("/dev/null")`), "returned ");
  assertEquals(
    await attempt(gw, `Deno.writeTextFileSync("/dev/null", "x"); return "written"`),
    "returned written",
  );
  assertMatch(
    await attempt(gw, `return Deno.openSync("/dev/urandom").readSync(new Uint8Array(8))`),
    /^returned 8/,
  );
  assertMatch(await attempt(gw, `return Deno.readTextFileSync("/etc/hosts")`), /^returned/);
});

testWith(["linux"], "a denial to write holds for each name of a file", async () => {
  await using directory = await TemporaryDirectory.make();
  const file = await directory.write("kept.txt", "content");
  for (const permissions of [{ write: true }, { read: true, write: true }]) {
    await using gw = await quiet({ permissions, deny: { write: [file] } });
    for (const name of [file, ...otherNames(file)]) {
      for (
        const source of [
          `Deno.removeSync("${name}")`,
          `Deno.writeTextFileSync("${name}", "")`,
          `Deno.truncateSync("${name}")`,
          `Deno.chmodSync("${name}", 0o600)`,
          `Deno.renameSync("${name}", "${file}.moved")`,
          `(await import("node:fs")).rmSync("${name}")`,
        ]
      ) {
        assertMatch(await attempt(gw, source), DENIED, source);
      }
    }
  }
  assertEquals(await Deno.readTextFile(file), "content");
});

test("only code that may read and write everything makes links, and not past a denial", async () => {
  await using directory = await TemporaryDirectory.make();
  const { path } = directory;
  await directory.write("kept.txt", "content");
  const link = (name: string) => `Deno.symlinkSync("${path}/kept.txt", "${path}/${name}")`;
  await using gw = await quiet({ permissions: { read: true, write: true } });
  assertMatch(await attempt(gw, `${link("one")}; return "made"`), /^returned made/);
  for (const kind of ["read", "write"]) {
    const deny = { [kind]: [`${path}/kept.txt`] };
    await using less = await quiet({ permissions: { read: true, write: true }, deny });
    const result = await attempt(less, link("two"));
    assertMatch(result, /requires unscoped/);
    assertMatch(result, new RegExp(`deny-${kind}=.*stands against it`));
  }
});
