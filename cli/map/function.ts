/**
 * The function that `map` runs, checked before anything starts.
 *
 * @module
 */

import { codeOf } from "../../code/prepare.ts";
import { withoutTypes } from "../../code/source.ts";
import { ImpureFunctionError, ModuleError } from "../../errors.ts";
import type { MapFunction } from "../../mod.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { moduleAt } from "../exec/code.ts";
import { UsageError } from "../usage.ts";

type AnyMapFunction = MapFunction<unknown, unknown, unknown>;

/**
 * Returns the function of `-e`, or one that runs the default export of a module.
 *
 * @throws {UsageError} if there is none, it does not parse, or is not pure.
 */
export async function functionFrom(args: Arguments): Promise<AnyMapFunction> {
  const text = args.text("eval");
  const [file] = args.operands;
  if ((text === undefined) === (file === undefined)) {
    const seen = text === undefined ? "there is neither" : "there are both";
    throw new UsageError(`map takes a file, a URL, or the function of -e: ${seen}`);
  }
  if (text === undefined) return await defaultExportOf(await moduleAt(file));
  const fn = compiled(withoutTypes(text.trim().replace(/;$/, "")).text);
  try {
    codeOf(fn, undefined, functionFrom);
  } catch (error) {
    if (!(error instanceof ImpureFunctionError)) throw error;
    throw new UsageError(`the function of -e is not pure: ${error.message}`);
  }
  return fn;
}

function compiled(text: string): AnyMapFunction {
  let value: unknown;
  try {
    value = new Function(`return (\n${text}\n)`)();
  } catch (error) {
    throw new UsageError(`the function of -e is wrong: ${(error as Error).message}`);
  }
  if (typeof value === "function") return value as AnyMapFunction;
  throw new UsageError(`map takes a function, such as -e '(n) => n * 2', not ${typeof value}`);
}

/** Returns a function with the whole module in it, which each gateway evaluates once. */
async function defaultExportOf(url: URL): Promise<AnyMapFunction> {
  let module: string;
  try {
    module = await codeOf(url, undefined, functionFrom).text;
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
    throw new UsageError(error.message);
  }
  const key = JSON.stringify(`execnet.map ${url.href} ${module.length}`);
  return compiled(`async (item, args, context) => {
  const module = globalThis[Symbol.for(${key})] ??= (async (channel, args) => {
${module}
  })(undefined, args);
  const fn = await module;
  if (typeof fn !== "function") {
    throw new TypeError(${JSON.stringify(`the default export of ${url.href} is no function`)});
  }
  return await fn(item, args, context);
}`);
}
