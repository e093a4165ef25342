/**
 * What a process inherits of this one's environment.
 *
 * @module
 */

/**
 * Deno's own variables that are passed on: where its cache is, whom it trusts, how much it uses and
 * says. All others are kept back, also those of releases to come: there are some that decide on
 * permissions, take part of the command line from elsewhere, switch features on or write files.
 */
const INHERITED: ReadonlySet<string> = new Set([
  "DENO_AUTH_TOKENS",
  "DENO_CACHE_DB_MODE",
  "DENO_CERT",
  "DENO_DIR",
  "DENO_EMIT_CACHE_MODE",
  "DENO_KV_DB_MODE",
  "DENO_LOG",
  "DENO_NO_UPDATE_CHECK",
  "DENO_TLS_CA_STORE",
  "DENO_USE_CGROUPS",
  "DENO_V8_FLAGS",
]);

/** Options for Node, the parts of a child that this process may be itself, and completion by a shell. */
const KEPT_BACK: ReadonlySet<string> = new Set([
  "NODE_OPTIONS",
  "NODE_CHANNEL_FD",
  "NODE_CHANNEL_SERIALIZATION_MODE",
  "NODE_UNIQUE_ID",
  "COMPLETE",
]);

/**
 * Returns this process's environment without what would change the permissions or the code of a Deno
 * that inherits it. Needs `--allow-env`.
 */
export function inheritedEnvironment(): Record<string, string> {
  const environment = Deno.env.toObject();
  for (const name in environment) {
    if (name.startsWith("DENO_") ? !INHERITED.has(name) : KEPT_BACK.has(name)) {
      delete environment[name];
    }
  }
  return environment;
}
