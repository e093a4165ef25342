/**
 * Loose declarations for std's plain .js. Without them TypeScript infers stricter types than the
 * real ones (every
 * parameter required, no property that is not in the code).
 */

/** Type exports, of which .js has no trace, by file; only for modules that the package imports. */
const TYPES: Record<string, readonly string[]> = {
  "assert/array_includes.js": ["ArrayLikeArg"],
  "assert/false.js": ["Falsy"],
  "assert/instance_of.js": ["AnyConstructor", "GetConstructorType"],
  "cli/parse_args.js": ["Args", "ParseOptions"],
  "cli/prompt_secret.js": ["PromptSecretOptions"],
  "msgpack/encode.js": ["ValueMap", "ValueType"],
  "streams/buffer.js": ["BufferBytesOptions"],
  "streams/delimiter_stream.js": [
    "DelimiterDisposition",
    "DelimiterStreamOptions",
  ],
  "streams/limited_bytes_transform_stream.js": [
    "LimitedBytesTransformStreamOptions",
  ],
  "streams/limited_transform_stream.js": ["LimitedTransformStreamOptions"],
  "streams/text_line_stream.js": ["TextLineStreamOptions"],
};

/** All type arguments are optional. */
const PARAMETERS = "<A = any, B = any, C = any, D = any, E = any>";

const DECLARATION =
  /^export (?:async )?(function|class|const|let|var)\*? (\w+)(?: extends (\w+))?/gm;
const LIST = /^export \{([^}]*)\}/gm;
const STAR = /^export \*.*$/gm;

/** Returns the .d.ts of a .js module. Its `path` begins with the folder of the package. */
export function declare(path: string, source: string): string {
  const lines = ["export {};"];
  for (const [, kind, name, base] of source.matchAll(DECLARATION)) {
    lines.push(declareOne(kind, name, base));
  }
  for (const [, names = ""] of source.matchAll(LIST)) {
    for (const name of names.split(",")) {
      const exported = name.split(" as ").at(-1)?.trim();
      if (exported) lines.push(`export const ${exported}: any;`);
    }
  }
  for (const [line] of source.matchAll(STAR)) lines.push(line);
  for (const name of TYPES[path] ?? []) {
    lines.push(`export type ${name}${PARAMETERS} = any;`);
  }
  return lines.join("\n") + "\n";
}

function declareOne(
  kind: string | undefined,
  name: string | undefined,
  base: string | undefined,
): string {
  if (kind === "function") {
    return `export function ${name}${PARAMETERS}(...args: any[]): any;`;
  }
  if (kind === "class") {
    return `export class ${name}${PARAMETERS}${heritage(base)} ` +
      `{ constructor(...args: any[]); [member: string]: any; }`;
  }
  return `export const ${name}: any;`;
}

/** Keeps the types that callers rely on: those of errors and of streams. */
function heritage(base: string | undefined): string {
  if (base === "Error") return " extends Error";
  if (base === "TransformStream") return " extends TransformStream<any, any>";
  return "";
}
