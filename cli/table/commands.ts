/**
 * The commands.
 *
 * @module
 */

import { type Command, HELP, type Option, TARGET_OPTIONS } from "./option.ts";

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
] as const satisfies readonly Command[];

/** The name of a command. */
export type CommandName = typeof COMMANDS[number]["name"];
