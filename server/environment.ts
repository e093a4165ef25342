/**
 * Which environment variables a client may set for its session.
 *
 * @module
 */

/**
 * Variables that load code into the session's process or into the shell that starts it, or that change
 * what Deno does, whom it trusts, or where its cache is: with them a client could exceed its grants. A
 * name that ends in `*` is a prefix. Case does not matter.
 */
const REFUSED = [
  // Deno, Node and npm, V8, and the registry that code comes from
  "DENO_*",
  "NODE_*",
  "NPM_*",
  "NPM_CONFIG_*",
  "JSR_*",
  "V8_*",
  "UV_*",
  "RUST_*",
  "EXECNET_*",
  // the dynamic linker and libc
  "LD_*",
  "DYLD_*",
  "GLIBC_*",
  "MALLOC_*",
  "GCONV_*",
  "LOCPATH",
  "NLSPATH",
  "HOSTALIASES",
  "RES_OPTIONS",
  "LOCALDOMAIN",
  "TZDIR",
  // the shell that launches it
  "PATH",
  "ENV",
  "BASH_*",
  "BASHOPTS",
  "SHELLOPTS",
  "IFS",
  "PS4",
  "CDPATH",
  "SHELL",
  // where Deno keeps the code that it has loaded
  "HOME",
  "XDG_*",
  // whom it trusts, and through whom it connects
  "SSL_*",
  "OPENSSL_*",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
] as const;

/** Returns whether a client may not set a variable. */
export function isRefusedVariable(name: string): boolean {
  const upper = name.toUpperCase();
  return REFUSED.some((refused) =>
    refused.endsWith("*") ? upper.startsWith(refused.slice(0, -1)) : upper === refused
  );
}

/** Returns whether any process can be given a variable of this name. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
