/** The command line as a process. */

import { inTime } from "./deadline.ts";
import { Script, type ScriptResult } from "./processes.ts";

const FLAGS = [
  "-A",
  `--config=${new URL("../../deno.json", import.meta.url).pathname}`,
  new URL("../../cli.ts", import.meta.url).pathname,
];

export interface CliOptions {
  /** What it reads; default: nothing. */
  stdin?: string;
  cwd?: string;
  env?: Record<string, string>;
}

/** Runs `execnet` to its end. */
export async function execnet(
  args: readonly string[],
  { stdin, ...options }: CliOptions = {},
): Promise<ScriptResult> {
  const child = new Deno.Command(Deno.execPath(), {
    ...options,
    args: ["run", ...FLAGS, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  // It may end without having read all.
  const written = writer.write(new TextEncoder().encode(stdin ?? ""))
    .then(() => writer.close()).catch(() => {});
  const { code, signal, stdout, stderr } = await inTime("execnet", child.output());
  await written;
  const decoder = new TextDecoder();
  return { code, signal, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Starts `execnet`, to be interrupted. */
export function startExecnet(args: readonly string[]): Script {
  return Script.run([...FLAGS, ...args], () => Promise.resolve());
}

/** Runs a command line of bash in which `execnet` is this program. */
export async function bash(line: string, cwd?: string): Promise<ScriptResult> {
  const program = [Deno.execPath(), "run", ...FLAGS].map((word) => `'${word}'`).join(" ");
  const { code, signal, stdout, stderr } = await inTime(
    "bash",
    new Deno.Command("bash", {
      args: ["-c", `execnet() { ${program} "$@"; }\n${line}`],
      ...(cwd === undefined ? {} : { cwd }),
      stdin: "null",
    }).output(),
  );
  const decoder = new TextDecoder();
  return { code, signal, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
