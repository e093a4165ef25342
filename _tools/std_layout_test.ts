import { assertEquals } from "@std/assert";
import { rewriteImports } from "./std_layout.ts";
import { exportName, type StdPackage } from "./std_sources.ts";

function makePackage(folder: string, exports: Record<string, string>) {
  const std: StdPackage = {
    folder,
    name: folder.replaceAll("_", "-"),
    version: "1.2.3",
    exports,
    files: new Map(),
  };
  return std;
}

const bytes = makePackage("bytes", { "./concat": "./concat.js" });
const media = makePackage("media_types", { ".": "./mod.js" });
const path = makePackage("path", { "./posix/join": "./posix/join.js" });
const packages = [bytes, media, path];

function rewritten(line: string, file = "parse.js"): string {
  return rewriteImports(line, file, path, packages);
}

Deno.test("rewriteImports() turns a path into another package into a jsr: specifier", () => {
  assertEquals(
    rewritten(`import { concat } from "../bytes/concat.js";`),
    `import { concat } from "jsr:@std/bytes@1.2.3/concat";`,
  );
  assertEquals(
    rewritten(`export * from '../../media_types/mod.js';`, "posix/join.js"),
    `export * from 'jsr:@std/media-types@1.2.3';`,
  );
});

Deno.test("rewriteImports() pins a bare @std specifier", () => {
  assertEquals(
    rewritten(`import type { A } from "@std/bytes/concat";`),
    `import type { A } from "jsr:@std/bytes@1.2.3/concat";`,
  );
});

Deno.test("rewriteImports() leaves imports within the package alone", () => {
  for (
    const line of [
      `import { join } from "./posix/join.js";`,
      `import "./posix/join.js";`,
    ]
  ) assertEquals(rewritten(line), line);
  const up = `import { a } from "../_common.js";`;
  assertEquals(rewritten(up, "posix/join.js"), up);
});

Deno.test("exportName() follows std: dashes for underscores, and no name for mod", () => {
  assertEquals(exportName("mod.js"), ".");
  assertEquals(exportName("text_line_stream.js"), "./text-line-stream");
  assertEquals(exportName("posix/mod.js"), "./posix");
  assertEquals(exportName("posix/to_file_url.js"), "./posix/to-file-url");
  assertEquals(exportName("_os.js"), "./_os");
});
