/**
 * What a module imports and exports, and where its text names it.
 *
 * @module
 */

import type { AnyNode, ExportDefaultDeclaration, ImportDeclaration, Program } from "acorn";
import { childrenOf, nodesOf } from "../ast.ts";
import { nameOf } from "../imports.ts";
import { awaitsAtTopLevel, type NameUse, usesOfImports } from "../uses.ts";

/** A specifier in a module. */
export interface ImportRequest {
  specifier: string;
  /** `deferred` is `import defer`: evaluated when a name of it is first read. */
  phase: "static" | "deferred" | "dynamic";
  /** The `with` of it. */
  attributes: Readonly<Record<string, string>>;
  /** Where the declaration or the expression is. */
  start: number;
  end: number;
}

/** A name that a declaration imports. */
export interface ImportedName {
  local: string;
  /** Index of the request. */
  request: number;
  /** The name there; `undefined` for the namespace. */
  name: string | undefined;
  start: number;
  uses: readonly NameUse[];
}

/** A name that a module exports: a variable of its own, or a name of another module. */
export type ExportedName =
  | { kind: "local"; name: string; local: string }
  | {
    kind: "indirect";
    name: string;
    request: number;
    imported: string | undefined;
    start: number;
  };

/** What is in the text of a module. */
export interface ModuleRecord {
  program: Program;
  requests: readonly ImportRequest[];
  imports: readonly ImportedName[];
  exports: readonly ExportedName[];
  /** Requests of `export * from`. */
  stars: readonly number[];
  defaultExport: ExportDefaultDeclaration | undefined;
  /** Uses of `import.meta`. */
  metas: readonly AnyNode[];
  /** `import()` of what is not a literal. */
  computed: readonly AnyNode[];
  /** Whether it has `await` at its top level. */
  isAsync: boolean;
}

/**
 * Reads the record of a module.
 *
 * @param deferred Where `import defer` declarations begin.
 * @param elides Whether an import goes that no value uses, as in TypeScript, where it may be a type.
 */
export function moduleRecord(
  program: Program,
  deferred: ReadonlySet<number>,
  elides: boolean,
): ModuleRecord {
  const requests: ImportRequest[] = [];
  const imports: ImportedName[] = [];
  const exports: ExportedName[] = [];
  const stars: number[] = [];
  let defaultExport: ExportDefaultDeclaration | undefined;
  const uses = program.body.some((node) => node.type === "ImportDeclaration")
    ? usesOfImports(program)
    : new Map<string, NameUse[]>();
  const exported = new Set(program.body.flatMap(exportedLocals));
  const request = (
    { source, attributes, start, end }: Pick<ImportDeclaration, "source" | "attributes"> & AnyNode,
    phase: ImportRequest["phase"],
  ) =>
    requests.push({
      specifier: String(source.value),
      phase,
      attributes: attributesOf(attributes),
      start,
      end,
    }) - 1;
  for (const node of program.body) {
    switch (node.type) {
      case "ImportDeclaration": {
        const kept = node.specifiers.filter(({ local: { name } }) =>
          !elides || exported.has(name) || uses.has(name)
        );
        if (kept.length === 0 && node.specifiers.length > 0) break;
        const index = request(node, deferred.has(node.start) ? "deferred" : "static");
        for (const specifier of kept) {
          imports.push({
            local: specifier.local.name,
            request: index,
            name: importedName(specifier),
            start: specifier.start,
            uses: uses.get(specifier.local.name) ?? [],
          });
        }
        break;
      }
      case "ExportNamedDeclaration": {
        const { declaration, specifiers, source } = node;
        for (const local of declaration ? declaredNames(declaration as AnyNode) : []) {
          exports.push({ kind: "local", name: local, local });
        }
        const index = source ? request({ ...node, source }, "static") : -1;
        for (const { local, exported, start } of specifiers) {
          const name = nameOf(exported);
          exports.push(
            source
              ? { kind: "indirect", name, request: index, imported: nameOf(local), start }
              : { kind: "local", name, local: nameOf(local) },
          );
        }
        break;
      }
      case "ExportAllDeclaration": {
        const index = request(node, "static");
        const { exported, start } = node;
        if (!exported) stars.push(index);
        else {
          const name = nameOf(exported);
          exports.push({ kind: "indirect", name, request: index, imported: undefined, start });
        }
        break;
      }
      case "ExportDefaultDeclaration":
        defaultExport = node;
        break;
    }
  }
  const metas: AnyNode[] = [];
  const computed: AnyNode[] = [];
  for (const node of nodesOf(program)) {
    if (node.type === "MetaProperty" && node.meta.name === "import") metas.push(node);
    if (node.type !== "ImportExpression") continue;
    const { source, start, end } = node;
    const attributes = literalOptions(node.options as AnyNode | null | undefined);
    if (source.type !== "Literal" || typeof source.value !== "string" || attributes === undefined) {
      computed.push(node);
    } else {
      requests.push({ specifier: source.value, phase: "dynamic", attributes, start, end });
    }
  }
  return {
    program,
    requests,
    imports,
    exports: exports.map((entry) => throughImport(entry, imports)),
    stars,
    defaultExport,
    metas,
    computed,
    isAsync: awaitsAtTopLevel(program),
  };
}

/** An exported local name that was imported is a name of the other module. */
function throughImport(entry: ExportedName, imports: readonly ImportedName[]): ExportedName {
  if (entry.kind !== "local") return entry;
  const found = imports.find(({ local }) => local === entry.local);
  if (found === undefined) return entry;
  const { request, name: imported, start } = found;
  return { kind: "indirect", name: entry.name, request, imported, start };
}

/** Returns the variables that a statement exports by name. */
function exportedLocals(node: Program["body"][number]): string[] {
  if (node.type !== "ExportNamedDeclaration" || node.source) return [];
  return node.specifiers.map(({ local }) => nameOf(local));
}

function importedName(specifier: ImportDeclaration["specifiers"][number]): string | undefined {
  switch (specifier.type) {
    case "ImportDefaultSpecifier":
      return "default";
    case "ImportSpecifier":
      return nameOf(specifier.imported);
    case "ImportNamespaceSpecifier":
      return undefined;
  }
}

/** Returns the names that a declaration, or a pattern in it, declares. */
function declaredNames(node: AnyNode): string[] {
  switch (node.type) {
    case "Identifier":
      return [node.name];
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return node.id ? [node.id.name] : [];
    case "VariableDeclaration":
      return node.declarations.flatMap(({ id }) => declaredNames(id as AnyNode));
    case "Property":
      return declaredNames(node.value as AnyNode);
    case "AssignmentPattern":
      return declaredNames(node.left as AnyNode);
    case "RestElement":
      return declaredNames(node.argument as AnyNode);
    case "ObjectPattern":
    case "ArrayPattern":
      return Array.from(childrenOf(node)).flatMap(declaredNames);
    default:
      return [];
  }
}

function attributesOf(attributes: ImportDeclaration["attributes"]): Record<string, string> {
  return Object.fromEntries(
    (attributes ?? []).map(({ key, value }) => [nameOf(key), String(value.value)]),
  );
}

/** Returns the attributes of `import(…, options)`, or `undefined` if only running it can tell. */
function literalOptions(options: AnyNode | null | undefined): Record<string, string> | undefined {
  if (!options) return {};
  const given = literalObject(options)?.get("with");
  const attributes = given && literalObject(given);
  if (attributes === undefined) return undefined;
  const entries: [string, string][] = [];
  for (const [name, value] of attributes) {
    if (value.type !== "Literal") return undefined;
    entries.push([name, String(value.value)]);
  }
  return Object.fromEntries(entries);
}

function literalObject(node: AnyNode): Map<string, AnyNode> | undefined {
  if (node.type !== "ObjectExpression") return undefined;
  const found = new Map<string, AnyNode>();
  for (const property of node.properties) {
    if (property.type !== "Property" || property.computed) return undefined;
    if (property.key.type !== "Identifier" && property.key.type !== "Literal") return undefined;
    found.set(nameOf(property.key), property.value as AnyNode);
  }
  return found;
}
