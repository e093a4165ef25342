import { assertEquals } from "@std/assert";
import { escapeControls, escapeOutput } from "./escape.ts";

Deno.test("escapeControls() escapes controls, C1, and what reorders or ends a line", () => {
  const codes = [
    ...[0, 7, 8, 9, 10, 13, 0x1b, 0x1f, 0x7f, 0x80, 0x85, 0x9b, 0x9f],
    ...[0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066, 0x2069],
  ];
  for (const code of codes) {
    const digits = code.toString(16).padStart(4, "0");
    assertEquals(escapeControls(`a${String.fromCharCode(code)}b`), `a\\u${digits}b`);
  }
});

Deno.test("escapeControls() leaves other text as it is", () => {
  const text = "a b~ ¡é\u00a0שלום नमस्ते 👩‍👩‍👧 \\u001b";
  assertEquals(escapeControls(text), text);
});

Deno.test("escapeControls() keeps the value of JSON", () => {
  const value = { name: "\x1b[2J\x9b1A\u202egnp.exe\u2028\x7f" };
  const line = escapeControls(JSON.stringify(value));
  assertEquals(/[\p{Cc}\p{Bidi_Control}\u2028]/u.test(line), false);
  assertEquals(JSON.parse(line), value);
});

Deno.test("escapeOutput() keeps tabs, line feeds and colours, and escapes all else", () => {
  const colored = "\x1b[1;31mred\x1b[0m\tand \x1b[38:5:200mpink\x1b[m\n";
  assertEquals(escapeOutput(colored), colored);
  assertEquals(escapeOutput("\x1b[2J\r\x1b]0;x\x07"), "\\u001b[2J\\u000d\\u001b]0;x\\u0007");
  assertEquals(escapeOutput("\x1b[31;1H\x9b31m\u202e"), "\\u001b[31;1H\\u009b31m\\u202e");
});

Deno.test("escapeOutput() drops the carriage returns of a terminal's line ends, and no others", () => {
  assertEquals(escapeOutput("one\r\ntwo\rthree\r"), "one\ntwo\\u000dthree");
});
