/**
 * Bundles the packages that a graph imports, and finds those that cannot be bundled.
 *
 * @module
 */

import type { Locate } from "../code.ts";
import { BundleError, bundleScript } from "./bundle.ts";
import { bundleText } from "./bundle_text.ts";
import type { ImportConfig } from "./config.ts";
import { type ModuleGraph, type OtherTarget, targetKey } from "./graph.ts";

/** The packages of a graph. */
export interface PackageBundle {
  /** The body of a function that returns an object; `undefined` if nothing could be bundled. */
  text: string | undefined;
  locate: Locate;
  /** For each bundled package, by its key, the method of that object that returns its namespace. */
  members: ReadonlyMap<string, string>;
  /** For each other one, why it is imported where the code runs. */
  left: ReadonlyMap<string, string>;
  /** Whether nothing could be bundled, as esbuild could not be fetched. */
  lacksEsbuild: boolean;
}

/** Returns the packages that a graph imports. */
export function packagesOf({ modules }: ModuleGraph): OtherTarget[] {
  const found = new Map<string, OtherTarget>();
  for (const module of modules.values()) {
    if (module.kind !== "script") continue;
    for (const target of module.targets) {
      if (target.kind === "package") found.set(targetKey(target), target);
    }
  }
  return [...found.values()];
}

/**
 * Bundles packages: together, so that they share what they import. If that fails, each is tried, and
 * the others are bundled.
 *
 * @throws {ModuleError} if that takes too long.
 */
export async function bundlePackages(
  packages: readonly OtherTarget[],
  config: ImportConfig,
): Promise<PackageBundle> {
  try {
    return await bundleAll(packages, new Map(), config);
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    const reasons = new Map<string, string>();
    for (const each of packages) {
      const why = error.lacksEsbuild || packages.length === 1 ? error : await refusal(each, config);
      if (why !== undefined) reasons.set(targetKey(each), `it cannot be bundled: ${why.message}`);
    }
    const others = packages.filter((each) => !reasons.has(targetKey(each)));
    return { ...await bundleAll(others, reasons, config), lacksEsbuild: error.lacksEsbuild };
  }
}

async function refusal(each: OtherTarget, config: ImportConfig): Promise<BundleError | undefined> {
  try {
    await bundleAll([each], new Map(), config);
    return undefined;
  } catch (error) {
    if (error instanceof BundleError) return error;
    throw error;
  }
}

async function bundleAll(
  packages: readonly OtherTarget[],
  left: ReadonlyMap<string, string>,
  config: ImportConfig,
): Promise<PackageBundle> {
  if (packages.length === 0) {
    return { text: undefined, locate: () => null, members: new Map(), left, lacksEsbuild: false };
  }
  const members = new Map(packages.map((each, i) => [targetKey(each), `p${i}`]));
  const methods = packages.map(({ specifier, attributes }, i) => {
    const options = Object.keys(attributes).length === 0
      ? ""
      : `, { with: ${JSON.stringify(attributes)} }`;
    return `p${i}: () => import(${JSON.stringify(specifier)}${options})`;
  });
  const script = await bundleScript(`export default { ${methods.join(", ")} };\n`, config);
  return { ...bundleText(script, "file:///"), members, left, lacksEsbuild: false };
}
