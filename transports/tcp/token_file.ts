/**
 * The file that keeps a server's token.
 *
 * @module
 */

/**
 * Returns the default path: `execnet/token` in the user's configuration directory. Undefined if the
 * environment does not name that directory, or may not be read.
 */
export function defaultTokenFile(): string | undefined {
  const directory = variable("XDG_CONFIG_HOME") ?? join(variable("HOME"), ".config");
  return join(directory, "execnet/token");
}

function join(directory: string | undefined, name: string): string | undefined {
  return directory === undefined ? undefined : `${directory}/${name}`;
}

function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name) || undefined;
  } catch {
    return undefined;
  }
}

/** Returns the token in a file's text, without the white space around it. */
export function tokenOf(text: string): string {
  return text.trim();
}
