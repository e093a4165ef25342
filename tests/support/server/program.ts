/** The server as a program, with exactly the permissions that its docs state. */

import { quoteWords } from "../../../transports/shell/words.ts";
import { inTime, until } from "../deadline.ts";
import { CA, TOKEN } from "./test_server.ts";

const SERVE = new URL("../../../serve.ts", import.meta.url).pathname;
const CONFIG = new URL("../../../deno.json", import.meta.url).pathname;
const KEY = CA.replace(".pem", ".key");

/** A line of the log. */
export type LogLine = Record<string, unknown> & { event: string };

/** How to start it. */
export interface ProgramOptions {
  /** After the address; those after `--` too. */
  args?: string[];
  tls?: boolean;
  /** The content of the token file; default: the token of the tests. `null` leaves the file out. */
  token?: string | null;
  /** Its permission flags; default: the least that it needs. */
  permissions?: string[];
  /** Whether its output is a terminal; needs `script`. */
  terminal?: boolean;
  /** The Deno to start; default: the one that runs this. */
  deno?: string;
}

/** A server in its own process. */
export class ServerProgram implements AsyncDisposable {
  readonly tokenFile: string;
  readonly #child: Deno.ChildProcess;
  readonly #directory: string;
  readonly #tls: boolean;

  private constructor(child: Deno.ChildProcess, directory: string, tls: boolean) {
    this.#child = child;
    this.#directory = directory;
    this.#tls = tls;
    this.tokenFile = `${directory}/token`;
  }

  /** Starts it, and does not wait until it listens. */
  static async start(options: ProgramOptions = {}): Promise<ServerProgram> {
    const { args = [], tls = false, token = TOKEN } = options;
    const directory = await Deno.realPath(await Deno.makeTempDir());
    const tokenFile = `${directory}/token`;
    if (token !== null) await Deno.writeTextFile(tokenFile, token, { mode: 0o600 });
    const reads = [tokenFile, ...(tls ? [CA, KEY] : [])].join(",");
    const least = [
      "--allow-net=127.0.0.1",
      "--allow-run=/bin/sh",
      "--allow-env",
      `--allow-read=${reads}`,
      ...(token === null ? [`--allow-write=${tokenFile}`] : []),
    ];
    // Output goes to a file: reading a pipe while another test runs would count as a leak of that
    // test.
    const command = [
      options.deno ?? Deno.execPath(),
      "run",
      "--no-prompt",
      "--quiet",
      `--config=${CONFIG}`,
      ...(options.permissions ?? least),
      SERVE,
      "0",
      `--token-file=${tokenFile}`,
      ...(tls ? [`--tls-cert=${CA}`, `--tls-key=${KEY}`] : []),
      ...args,
    ];
    const child = new Deno.Command("/bin/sh", {
      args: [
        "-c",
        `exec "$@" >${directory}/printed 2>&1`,
        "sh",
        ...(options.terminal === true
          ? ["script", "-qefc", `exec ${quoteWords(command)}`, "/dev/null"]
          : command),
      ],
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).spawn();
    return new ServerProgram(child, directory, tls);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Returns the spec of a gateway on this server. */
  async spec(more = ""): Promise<string> {
    const { address } = await this.logged("listening");
    const keys = this.#tls ? `//ca=${CA}` : "";
    return `tcp=${address}//token_file=${this.tokenFile}${keys}${more === "" ? "" : `//${more}`}`;
  }

  /** Everything that it has printed. */
  get printed(): string {
    try {
      return Deno.readTextFileSync(`${this.#directory}/printed`);
    } catch {
      return "";
    }
  }

  /** The log so far. */
  get log(): LogLine[] {
    const lines = this.printed.split("\n").slice(0, -1);
    return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  }

  /** Waits for an event. */
  async logged(event: string): Promise<LogLine> {
    const find = () => this.log.find((line) => line.event === event);
    await until(`the event "${event}"`, () => find() !== undefined);
    return find() as LogLine;
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  async ended(): Promise<Deno.CommandStatus> {
    return await inTime("the end of the server", this.#child.status);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.kill("SIGTERM");
      this.kill("SIGTERM");
    } catch { /* it has ended */ }
    await this.ended();
    await Deno.remove(this.#directory, { recursive: true });
  }
}
