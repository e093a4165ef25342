import { assertEquals } from "@std/assert";
import { relate } from "./matching.ts";
import type { Relation } from "./relation.ts";
import type { PermissionKind } from "./permissions.ts";

type Row = readonly [entry: string, other: string, relation: Relation, back?: Relation];

const PATHS: readonly Row[] = [
  ["/a", "/a", "equal"],
  ["/a/", "/a", "equal"],
  ["/a/./b/../c", "//a//c", "equal"],
  ["/a/b", "/a", "within", "around"],
  ["/a", "/", "within", "around"],
  ["/../a", "/a", "equal"],
  ["/ab", "/a", "apart"],
  ["/a/../b", "/a", "apart"],
  ["/A/b", "/a", "unclear"],
  ["/stra\u00dfe", "/STRASSE", "unclear"],
  ["/caf\u00e9", "/cafe\u0301", "unclear"],
  ["a/b", "a", "within", "around"],
  ["./a", "a", "equal"],
  ["a", ".", "within", "around"],
  ["../a", "..", "within", "around"],
  ["a/../../b", "../b", "equal"],
  ["..", "a", "unclear"],
  ["../a", "a", "unclear"],
  ["a", "/a", "unclear"],
];

const HOSTS: readonly Row[] = [
  ["example.com", "EXAMPLE.com.", "equal"],
  ["example.com:443", "example.com", "within", "around"],
  ["example.com:443", "example.com:80", "apart"],
  ["example.com:0443", "example.com:443", "equal"],
  ["a.example.com", "*.example.com", "within", "around"],
  ["example.com", "*.example.com", "within", "around"],
  ["badexample.com", "*.example.com", "apart"],
  ["a.example.com", "example.com", "apart"],
  ["*.a.example.com", "*.example.com", "within", "unclear"],
  ["a.example.com:443", "*.example.com", "within", "around"],
  ["a.example.com", "*.example.com:443", "unclear"],
  ["127.0.0.1", "localhost", "apart"],
  ["10.1.2.3", "10.0.0.0/8", "within", "around"],
  ["10.1.2.3", "10.9.9.9/8", "within", "around"],
  ["10.0.0.0/16", "10.0.0.0/8", "within", "unclear"],
  ["10.1.2.3", "11.0.0.0/8", "apart"],
  ["10.1.2.3", "0.0.0.0/0", "within", "around"],
  ["10.1.2.3/32", "10.1.2.3", "equal"],
  ["010.1.2.3", "10.1.2.3", "unclear"],
  ["[::1]", "[0:0:0:0:0:0:0:1]", "equal"],
  ["[::1]:80", "[::1]", "within", "around"],
  ["[::1]", "[::2]", "apart"],
  ["[::1]", "127.0.0.1", "apart"],
  ["[::ffff:127.0.0.1]", "127.0.0.1", "unclear"],
  ["[fe80::1%eth0]", "[fe80::1]", "unclear"],
  [":8080", "localhost:8080", "unclear"],
  [":8080", ":8080", "equal"],
  ["unix:/a", "unix:/b", "unclear"],
  ["*", "example.com", "unclear"],
];

const VARIABLES: readonly Row[] = [
  ["HOME", "HOME", "equal"],
  ["HOME", "home", "apart"],
  ["AWS_KEY", "AWS_*", "within", "around"],
  ["AWS_", "AWS_*", "within", "around"],
  ["AWS_KEY_*", "AWS_*", "within", "around"],
  ["AWS", "AWS_*", "apart"],
  ["A*", "B*", "apart"],
  ["A", "*", "within", "around"],
];

const COMMANDS: readonly Row[] = [
  ["git", "git", "equal"],
  ["git", "rm", "apart"],
  ["git.exe", "git", "unclear", "apart"],
  ["GIT", "git", "unclear"],
  ["/usr/bin/git", "git", "unclear"],
  ["/usr/bin/git", "rm", "apart", "unclear"],
  ["/usr/bin/git", "/usr/../usr/bin/git", "equal"],
  ["/usr/bin/git", "/usr/bin", "unclear"],
  ["/usr/bin/git", "/usr/bin/rm", "apart"],
];

const SYS: readonly Row[] = [
  ["hostname", "hostname", "equal"],
  ["hostname", "cpus", "apart"],
  ["username", "userInfo", "equal"],
];

const TABLES: readonly [PermissionKind, readonly Row[]][] = [
  ["read", PATHS],
  ["write", PATHS],
  ["ffi", PATHS],
  ["net", HOSTS],
  ["import", HOSTS],
  ["env", VARIABLES],
  ["run", COMMANDS],
  ["sys", SYS],
];

for (const [kind, rows] of TABLES) {
  Deno.test(`relate("${kind}", …) tells what Deno would match`, () => {
    for (const [entry, other, relation, back = relation] of rows) {
      assertEquals(relate(kind, entry, other), relation, `${entry} to ${other}`);
      assertEquals(relate(kind, other, entry), back, `${other} to ${entry}`);
    }
  });
}

/** Returns whether Deno's permission API can query an entry. */
function isQueryable(kind: PermissionKind, entry: string): boolean {
  if (kind === "net") return !/[*/%]|^:|^unix/.test(entry) && !entry.startsWith("010");
  return !entry.includes("*");
}

function descriptor(kind: PermissionKind, entry: string): Deno.PermissionDescriptor {
  const field = { net: "host", env: "variable" }[kind as string] ?? "path";
  return { name: kind, [field]: entry } as unknown as Deno.PermissionDescriptor;
}

/** Returns the state of `query` in a process with these flags. */
async function stateOf(flags: string[], query: Deno.PermissionDescriptor): Promise<string> {
  const code = `console.log(Deno.permissions.querySync(${JSON.stringify(query)}).state)`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-config",
      "--no-prompt",
      ...flags,
      `data:text/javascript,${encodeURIComponent(code)}`,
    ],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).trim();
}

for (const [kind, rows] of [["read", PATHS], ["net", HOSTS], ["env", VARIABLES]] as const) {
  Deno.test(`relate("${kind}", …) agrees with the Deno that runs this`, async () => {
    for (const [entry, other, relation] of rows) {
      if (!isQueryable(kind, entry) || relation === "unclear") continue;
      const query = descriptor(kind, entry);
      const granted = relation === "equal" || relation === "within";
      const state = await stateOf([`--allow-${kind}=${other}`], query);
      assertEquals(state === "granted", granted, `${entry} where ${other} is granted: ${state}`);
    }
  });
}
