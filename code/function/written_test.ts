import { assertEquals, assertThrows } from "@std/assert";
import { type CapturedName, ImpureFunctionError } from "../../errors.ts";
import { typedTest } from "../../tests/support/needs.ts";
import { functionCode } from "./function.ts";

const FILE = import.meta.url;
/** Where the marked text is in this file. */
const SOURCE = Deno.readTextFileSync(new URL(FILE)).split("\n");

type AnyFunction = (...args: never[]) => unknown;

/** What functions of this file capture. */
function captured(
  fn: AnyFunction,
  from: { stack?: string } = call(captured),
): readonly CapturedName[] {
  const error = assertThrows(
    () => functionCode(fn, "function", undefined, from),
    ImpureFunctionError,
  ) as ImpureFunctionError;
  for (const { location } of error.captured) {
    if (location === undefined) continue;
    const { file, line, column } = location;
    assertEquals(error.message.includes(`${file}:${line}:${column}`), true, error.message);
  }
  return error.captured;
}

function call(method: AnyFunction): { stack?: string } {
  const made = {};
  Error.captureStackTrace(made, method);
  return made;
}

/** Where `name` is in the line of this file with a mark. */
function at(mark: string, name: string) {
  const line = SOURCE.findIndex((text) => text.endsWith(`// ${mark}`));
  return { file: FILE, line: line + 1, column: SOURCE[line].indexOf(name) + 1 };
}

const outer = 1;
interface Options {
  a: number;
}

typedTest("captured names have the file, line and column where they were written", () => {
  const names = captured(async function* work(n: number, options: Options = {
    a: 1,
  }): AsyncGenerator<number> {
    // A comment, and types: Deno prints the text without them.
    type Local = { x: number };

    const list: Local[] = [];
    yield n * outer + list.length; // first
    if (options.a) yield outer as number; // second
  });
  assertEquals(names.map(({ location }) => location), [
    at("first", "outer"),
    at("second", "outer"),
  ]);
  assertEquals(names[0].line, 8);
});

typedTest("captured names are found in a method, and in a function declared elsewhere", () => {
  const job = {
    run(options: Options) {
      const inner: number = options.a;
      return inner + outer; // method
    },
  };
  assertEquals(captured(job.run)[0].location, at("method", "outer"));
  assertEquals(captured(before)[0].location, at("before", "outer"));
});

typedTest("of functions with one text, that behind the call is found", () => {
  const first = () => outer; // one
  captured(first);
  assertEquals(captured(() => outer)[0].location, at("two", "outer")); // two
});

typedTest("without the file, positions are those of the function's text", () => {
  const fn = (options: Options) => options.a + outer;
  for (const stack of ["", "Error\n    at file:///no/such/file.ts:1:1", `at ${FILE}x:1:1`]) {
    const [name] = captured(fn, { stack });
    assertEquals(name, { name: "outer", line: 1, column: fn.toString().indexOf("outer") + 1 });
  }
  const made = new Function(`return () => nowhere;`)();
  assertEquals(captured(made), [{ name: "nowhere", line: 1, column: 7 }]);
});

function before(n: number): number {
  return n + outer; // before
}
