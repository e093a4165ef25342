/** Trees as deep as real programs make them travel, both ways. */

import { assertEquals } from "@std/assert";
import { test } from "../support/bounded.ts";
import { runCase } from "./run_case.ts";

/** The syntax tree of a long sum, which code generators write, nests a level for each term. */
const PROGRAM = `
  import { makeGateway } from "@x/execnet";
  import { parse } from "acorn";
  await using gw = await makeGateway();

  const source = "x = " + Array.from({ length: 900 }, (_, i) => \`"part\${i}"\`).join(" + ");
  const tree = JSON.parse(JSON.stringify(parse(source, { ecmaVersion: 2024 })));
  const [there, back] = await gw.call((tree) => {
    let terms = 1;
    for (let node = tree.body[0].expression.right; node.left; node = node.left) terms++;
    return [terms, tree];
  }, tree);
  console.log(there, JSON.stringify(back) === JSON.stringify(tree));

  const nested = Array.from({ length: 1000 }).reduce((inner) => ({ inner }), {});
  console.log(await gw.call((item) => item, nested).catch(({ name, message }) => \`\${name}: \${message}\`));
`;

test("a tree of 900 levels travels, and one that is too deep is refused by its path", async () => {
  const { code, stdout, stderr } = await runCase(PROGRAM);
  const [tree, refused] = stdout.split("\n");
  assertEquals(tree, "900 true", stderr);
  assertEquals(
    refused,
    "SerializationError: cannot send args[0]" + ".inner".repeat(9) + "…" + ".inner".repeat(10) +
      ": it is nested deeper than 1000 levels",
  );
  assertEquals(code, 0);
});
