/** Matches an import or export at the start of a line, so not in a comment. */
const STATEMENT = /^(?:import\b|(export \*)|export\b)[^;"']*["'](\.[^"'\n]+)["'][^;\n]*;?\n?/gm;

/**
 * Leaves out modules that import a file which their package lacks, and re-exports of them: npm's
 * `deno-std` has only .js files, but `unicodeWidth` of `@std/cli` needs a .json.
 */
export function leaveOutBroken(
  scripts: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const kept = new Map<string, string>();
  for (const [path, source] of scripts) {
    let broken = false;
    const text = source.replace(
      STATEMENT,
      (statement, star: string | undefined, specifier: string) => {
        if (isThere(specifier, path, scripts)) return statement;
        if (star) return "";
        broken = true;
        return statement;
      },
    );
    if (!broken) kept.set(path, text);
  }
  // A module that imports one that was left out is broken as well.
  return kept.size === scripts.size ? kept : leaveOutBroken(kept);
}

function isThere(
  specifier: string,
  path: string,
  scripts: ReadonlyMap<string, string>,
): boolean {
  const { pathname } = new URL(specifier, `file:///package/${path}`);
  const within = "/package/";
  if (!pathname.startsWith(within)) return true;
  return scripts.has(pathname.slice(within.length));
}
