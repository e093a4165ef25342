/** Ungranted code tries to read files and to reach hosts by imports. */
import { assertEquals, assertMatch } from "@std/assert";
import { attempt, dataModule, quiet, workerOf } from "../support/attempts.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";

const DENIED = /Requires (read|import) access|--no-npm is specified/;

/** The ways to import `url`. */
function imports(url: string, type?: string): Record<string, string> {
  const attributes = type === undefined ? "" : ` with { type: "${type}" }`;
  const options = type === undefined ? "" : `, { with: { type: "${type}" } }`;
  const statically = `import it from "${url}"${attributes}; export default it;`;
  const dynamically = `export default await import("${url}"${options});`;
  const dynamicImport = (source: string) => `return (await import(${source})).default`;
  const blob = (source: string) =>
    `URL.createObjectURL(new Blob([${JSON.stringify(source)}], { type: "text/javascript" }))`;
  const inData = (source: string) => JSON.stringify(dataModule(source));
  return {
    "import()": `return await import("${url}"${options})`,
    "import() in eval": `return await (0, eval)(${JSON.stringify(`import("${url}"${options})`)})`,
    "import() in Function": `return await new Function('return import("${url}"${options})')()`,
    "import in data:": dynamicImport(inData(statically)),
    "import() in data:": dynamicImport(inData(dynamically)),
    "import in data: in data:": dynamicImport(
      inData(`export { default } from ${inData(statically)}`),
    ),
    "import in blob:": dynamicImport(blob(statically)),
    "import() in blob:": dynamicImport(blob(dynamically)),
    "import in a worker": workerOf(inData(`${statically} postMessage(Deno.inspect(it))`)),
    "import() in a worker": workerOf(
      inData(`postMessage(Deno.inspect(await import("${url}"${options})))`),
    ),
    "import in a blob: worker": workerOf(blob(`${statically} postMessage(Deno.inspect(it))`)),
    "worker": workerOf(JSON.stringify(url)),
  };
}

test("no import can read local files, or find out whether they exist", async () => {
  await using directory = await TemporaryDirectory.make();
  await directory.write("module.js", `export default "the secret";`);
  await directory.write("data.json", `"the secret"`);
  await using gw = await quiet();
  const targets = [
    [`file://${directory.path}/module.js`],
    [`file://${directory.path}/none.js`],
    [`file://${directory.path}`],
    [`file://${directory.path}/data.json`, "json"],
    [`file://${directory.path}/data.json`, "text"],
  ];
  for (const [url, type] of targets) {
    for (const [way, source] of Object.entries(imports(url, type))) {
      const result = await attempt(gw, source);
      assertMatch(result, /Requires read access/, `${way} of ${url} as ${type}`);
      assertEquals(result.includes("the secret"), false, `${way}: ${result}`);
    }
  }
});

test("no import can reach hosts or npm", async () => {
  await using gw = await quiet();
  for (const url of ["https://localhost/x.js", "https://raw.githubusercontent.com/x", "npm:none"]) {
    for (const [way, source] of Object.entries(imports(url))) {
      if (way === "worker" && url.startsWith("npm:")) continue; // a worker accepts no such URL
      assertMatch(await attempt(gw, source), DENIED, `${way} of ${url}`);
    }
  }
});

test("a static import of the source itself is checked", async () => {
  await using gw = await quiet();
  const local = gw.remoteExec(`import text from "file:///etc/hosts" with { type: "text" };`);
  assertMatch(String(await local.waitClose().catch((error) => error)), /Requires read access/);
  const remote = gw.remoteExec(`import "https://localhost/x.js";`);
  assertMatch(String(await remote.waitClose().catch((error) => error)), /Requires import access/);
});

test("a granted import works from every kind of code", async () => {
  await using directory = await TemporaryDirectory.make();
  const path = await directory.write("module.js", `export default "granted";`);
  await using gw = await quiet({ permissions: { read: [directory.path] } });
  for (const [way, source] of Object.entries(imports(`file://${path}`))) {
    if (way !== "worker") assertMatch(await attempt(gw, source), /granted/, way);
  }
});

test("npm imports need the grant of the registry", async () => {
  await using gw = await quiet({ permissions: { import: ["jsr.io", "example.com"] } });
  assertMatch(await attempt(gw, `await import("npm:none")`), /--no-npm is specified/);
});
