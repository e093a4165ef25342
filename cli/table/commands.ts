/**
 * The commands.
 *
 * @module
 */

import { type Command, HELP, type Option, SYNC_TARGET_OPTIONS, TARGET_OPTIONS } from "./option.ts";

const EXEC_OPTIONS: readonly Option[] = [
  {
    name: "eval",
    short: "e",
    value: "SOURCE",
    help: "Run this text in place of a file: the body of an async function with channel and args",
  },
  { name: "args", value: "JSON", kind: "json", help: "The value of args there" },
  {
    name: "stdin",
    value: "json",
    choices: ["json"],
    isOptional: true,
    help: "Send each line of stdin to every target; with =json, the value that the line is",
  },
  { name: "isolate", help: "Run it in a process of its own" },
  { name: "gather", short: "b", help: "Print equal outputs once, under the ids of their targets" },
  {
    name: "out",
    value: "DIR",
    completes: "directory",
    help: "Write what each target sends to DIR/<id>, not to stdout",
  },
  { name: "raw", help: "Print control characters of the far side as they are" },
];

const MAP_OPTIONS: readonly Option[] = [
  {
    name: "eval",
    short: "e",
    value: "FUNCTION",
    help: "Run this function in place of a file's default export; it is pure: (item, args) => …",
  },
  { name: "args", value: "JSON", kind: "json", help: "The second argument of the function" },
  { name: "lines", help: "Take each line of stdin as it is, as a string" },
  { name: "unordered", help: "Print results as they come" },
  {
    name: "concurrency",
    value: "N",
    kind: "count",
    help: "Items that a target runs at once; default 1",
  },
  {
    name: "retries",
    value: "N",
    kind: "count",
    help: "Run an item again, up to this often, if it failed or its target was lost",
  },
  { name: "keep-going", help: "Go on after an item has failed" },
  {
    name: "log",
    value: "FILE",
    completes: "file",
    help: "Add a line of JSON for each item, named by the hash of it and the code",
  },
  { name: "resume", help: "Print results that are in the log, and do not run their items again" },
];

const SYNC_OPTIONS: readonly Option[] = [
  { name: "delete", help: "Delete what only the copy has, at the end" },
  {
    name: "exclude",
    value: "PATTERN",
    isRepeatable: true,
    help: "Leave out what this pattern of .gitignore matches",
  },
  { name: "gitignore", help: "Leave out what the .gitignore files of the source say, and .git" },
  { name: "checksum", help: "Compare by content where size and time of change agree" },
];

const SYNC_DETAILS: readonly string[] = [
  "A table of what was done ends it; a terminal has a bar for each target meanwhile. With --dry-run, " +
  'stdout has a line for each change before. With --json, these are {"gateway","kind","path"}, and ' +
  'the last of a target is {"gateway","end","error"} with all that is counted.',
];

/** All commands, in the order of the help. */
export const COMMANDS = [
  {
    name: "exec",
    operands: "[FILE|URL]",
    maxOperands: 1,
    summary: "Run code on every target",
    details: [
      "A file is sent with all that it imports; an https:, http:, jsr: or npm: URL is imported there.",
      "What the code sends on its channel comes out on stdout, an item a line: strings as they are, " +
      "all else as JSON. What it prints comes out on stderr. Lines are tagged with the id of their " +
      "target: on stdout if there are several.",
      'With --json, stdout has lines {"gateway","item"}, {"gateway","stream","line"} and, last of a ' +
      'target, {"gateway","end","error"}, where the end is ok, failed, lost, unreachable or timeout.',
    ],
    options: [...EXEC_OPTIONS, ...TARGET_OPTIONS, HELP],
    takesGrants: true,
    completes: "file",
    examples: [
      [`execnet exec -e 'await channel.send(1 + 1)'`, "one local process"],
      [
        `execnet exec -w 'ssh=web[01-20]' -b -e 'await channel.send(Deno.hostname())' --allow-sys=hostname`,
        "twenty hosts, equal answers once",
      ],
      [
        `execnet exec -w @web job.ts --args '{"day":7}' --out results/`,
        "a file of results for each",
      ],
    ],
  },
  {
    name: "map",
    operands: "[FILE|URL]",
    maxOperands: 1,
    summary: "Run a function over the lines of stdin",
    details: [
      "Each line is a JSON value. A target that is free takes the next one; the results are lines of " +
      "JSON on stdout, in the order of the items. The function is that of -e, or the default export " +
      "of a file, which is sent with all that it imports. --timeout is for each item, which has a process of its own then.",
      'With --json, stdout has lines {"index","result"} or {"index","error"}.',
    ],
    options: [...MAP_OPTIONS, ...TARGET_OPTIONS, HELP],
    takesGrants: true,
    completes: "file",
    examples: [
      ["seq 1000 | execnet map -w '4*popen' -e 'n => n ** 2'", "squares, by four processes"],
      [
        "execnet map -w @web --log done.jsonl --resume check.ts < urls.jsonl",
        "go on where an earlier run was stopped",
      ],
    ],
  },
  {
    name: "push",
    operands: "SOURCE",
    maxOperands: 1,
    summary: "Copy a directory or a file to every target",
    details: [
      "The content of a directory becomes the content of PATH; a file becomes the file PATH, or is put " +
      "into PATH/. What is the same already is not sent. A relative PATH counts from where a target starts.",
      "It grants read and write of PATH, or of the directory around it for a file. To make symbolic " +
      "links, targets need --allow-read and --allow-write without paths.",
      ...SYNC_DETAILS,
    ],
    options: [
      { name: "to", value: "PATH", help: "The place at the targets" },
      ...SYNC_OPTIONS,
      ...SYNC_TARGET_OPTIONS,
      HELP,
    ],
    takesGrants: true,
    completes: "file",
    examples: [
      ["execnet push site/ -w @web --to /srv/site --delete", "the same tree on all web hosts"],
      ["execnet push . --to /srv/app --gitignore --dry-run", "what would change"],
    ],
  },
  {
    name: "pull",
    operands: "PATH",
    maxOperands: 1,
    summary: "Copy a directory or a file from every target",
    details: [
      "The content of a directory becomes the content of DIR; a file is put into DIR if that is there, " +
      "or ends in a slash, and becomes the file DIR otherwise. From several targets, it is the same " +
      "with DIR/<id>/ for each. A relative PATH counts from where a target starts.",
      "It grants read of PATH.",
      ...SYNC_DETAILS,
    ],
    options: [
      { name: "to", value: "DIR", completes: "directory", help: "The place here" },
      ...SYNC_OPTIONS,
      ...SYNC_TARGET_OPTIONS,
      HELP,
    ],
    takesGrants: true,
    examples: [
      ["execnet pull /var/log/app -w 'ssh=web[01-20]' --to logs", "to logs/web01/, logs/web02/ …"],
    ],
  },
  {
    name: "info",
    operands: "",
    maxOperands: 0,
    summary: "Show what targets are: host, system, Deno, cores, memory, load, latency",
    details: [
      "It grants sys=hostname,loadavg,systemMemoryInfo. Targets that are not reached are listed with " +
      "the reason.",
    ],
    options: [...TARGET_OPTIONS, HELP],
    takesGrants: true,
    examples: [["execnet info -w @web", "the hosts of the name web"]],
  },
  {
    name: "serve",
    operands: "[HOST:]PORT",
    maxOperands: 1,
    summary: "Start gateways for clients that know a token",
    details: ["The permission flags behind -- are what sessions may do at most; default: nothing."],
    options: [
      {
        name: "token-file",
        value: "FILE",
        completes: "file",
        help: "The token; made if it is not there; default ~/.config/execnet/token",
      },
      {
        name: "tls-cert",
        value: "FILE",
        completes: "file",
        help: "TLS: certificate chain, in PEM",
      },
      { name: "tls-key", value: "FILE", completes: "file", help: "TLS: private key, in PEM" },
      { name: "insecure", help: "Listen elsewhere than on this machine without TLS" },
      {
        name: "max-sessions",
        value: "N",
        kind: "count",
        help: "Sessions at once; default 32",
      },
      {
        name: "session-timeout",
        value: "SECONDS",
        kind: "seconds",
        help: "End a session after this time; default: never",
      },
      { name: "once", help: "End after the first session" },
      HELP,
    ],
    isPassedOn: true,
    examples: [["execnet serve 8888 -- --allow-read=/data", "sessions may read /data"]],
  },
  {
    name: "completions",
    operands: "bash|zsh|fish",
    maxOperands: 1,
    summary: "Print what completes words in a shell",
    details: [],
    options: [HELP],
    completes: ["bash", "zsh", "fish"],
    examples: [[`eval "$(execnet completions bash)"`, "for this shell"]],
  },
] as const satisfies readonly Command[];

/** The name of a command. */
export type CommandName = typeof COMMANDS[number]["name"];
