import { assertEquals, assertThrows } from "@std/assert";
import { SpecError } from "../../errors.ts";
import { quoteWords, splitWords } from "./words.ts";

Deno.test("splitWords() splits as a shell does, and expands nothing", () => {
  const samples: [string, string[]][] = [
    ["", []],
    ["  \t\n ", []],
    ["docker exec -i box", ["docker", "exec", "-i", "box"]],
    [" a  b ", ["a", "b"]],
    [`'a b' "c d" e\\ f`, ["a b", "c d", "e f"]],
    [`a'b'"c"\\d`, ["abcd"]],
    [`'' ""`, ["", ""]],
    [`'$HOME "x" \\n'`, [`$HOME "x" \\n`]],
    [`"\\$HOME \\"x\\" \\n \\\\"`, [`$HOME "x" \\n \\`]],
    ["$HOME ~ *.ts | > & ; #", ["$HOME", "~", "*.ts", "|", ">", "&", ";", "#"]],
    ["größe 大", ["größe", "大"]],
  ];
  for (const [text, words] of samples) assertEquals(splitWords(text, "command"), words);
});

Deno.test("splitWords() refuses what is not closed, and names the key", () => {
  for (const text of ["'a", 'a "b', `"a\\"`, "a\\"]) {
    assertThrows(() => splitWords(text, "command"), SpecError, "command");
  }
});

Deno.test("splitWords() takes quoteWords() apart again", () => {
  const words = ["", "a b", "it's", `"$(x)"`, "\\", "\n", "-", "'''"];
  assertEquals(splitWords(quoteWords(words), "command"), words);
});
