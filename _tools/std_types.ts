/**
 * Loose declarations for std's plain .js: without them TypeScript infers stricter types than the real ones (every
 * parameter required, no property that is not in the code).
 */

/** Exports that leave no trace in .js, by the file that declares them; only what the package imports from. */
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

/** Type arguments may be given or not. */
const PARAMETERS = "<A = any, B = any, C = any, D = any, E = any>";

const DECLARATION =
  /^export (?:async )?(function|class|const|let|var)\*? (\w+)(?: extends (\w+))?/gm;
const LIST = /^export \{([^}]*)\}/gm;
const STAR = /^export \*.*$/gm;

/** The text of a .d.ts for a module of .js. `path` is the module's, from the folder of its package on. */
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

/** Keeps what callers lean on: that an error is one, and that a stream can be piped through. */
function heritage(base: string | undefined): string {
  if (base === "Error") return " extends Error";
  if (base === "TransformStream") return " extends TransformStream<any, any>";
  return "";
}
