/** Trees of files: made, and read again to compare them. */

import { assertRejects } from "@std/assert";
import { makeGateway } from "../../mod.ts";
import type { Gateway } from "../../mod.ts";
import { SyncError } from "../../sync.ts";
import { TemporaryDirectory } from "./bounded.ts";

/** What a tree holds: texts of files by path; a path that ends with a slash is a directory. */
export type Files = Record<string, string | Uint8Array<ArrayBuffer>>;

/** Directories for one test, and a gateway that may read and write below `there` alone. */
export class Trees implements AsyncDisposable {
  readonly #directory: TemporaryDirectory;
  readonly #gateways: Gateway[] = [];

  private constructor(directory: TemporaryDirectory) {
    this.#directory = directory;
  }

  static async make(): Promise<Trees> {
    const trees = new Trees(await TemporaryDirectory.make());
    for (const name of ["here", "there", "outside"]) await Deno.mkdir(trees.path(name));
    return trees;
  }

  /** Returns the path of something in the directory. */
  path(name: string): string {
    return `${this.#directory.path}/${name}`;
  }

  get here(): string {
    return this.path("here");
  }

  get there(): string {
    return this.path("there");
  }

  /** Starts a gateway with the grants of a sync to `path`; `more` are other keys of its spec. */
  async gateway(more = "", path: string = this.there): Promise<Gateway> {
    return await this.start(`popen//allow-read=${path}//allow-write=${path}${more}`);
  }

  async start(spec: string): Promise<Gateway> {
    const gateway = await makeGateway(spec);
    this.#gateways.push(gateway);
    return gateway;
  }

  /** Writes files below a directory of these, with an old time of change. */
  write(name: string, files: Files): void {
    for (const [path, content] of Object.entries(files)) {
      const file = `${this.path(name)}/${path}`;
      Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
      if (path.endsWith("/")) continue;
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      Deno.writeFileSync(file, bytes);
      Deno.utimeSync(file, new Date(), LONG_AGO);
    }
  }

  /** Returns what a directory of these holds: texts of files, texts of links, and `{}` for directories. */
  read(name: string): Record<string, unknown> {
    return Object.fromEntries(listOf(this.path(name)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const gateway of this.#gateways) await gateway.terminate();
    await this.#directory[Symbol.asyncDispose]();
  }
}

/** The time of files that were written by `write`. */
export const LONG_AGO = new Date("2020-02-02T02:02:02.222Z");

function* listOf(root: string, prefix = ""): Generator<[string, unknown]> {
  const names = Array.from(Deno.readDirSync(root), ({ name }) => name).sort();
  for (const name of names) {
    const file = `${root}/${name}`;
    const info = Deno.lstatSync(file);
    const path = `${prefix}${name}`;
    if (info.isDirectory) {
      yield [`${path}/`, {}];
      yield* listOf(file, `${path}/`);
    } else if (info.isSymlink) yield [path, { link: Deno.readLinkSync(file) }];
    else if (info.isFile) yield [path, Deno.readTextFileSync(file)];
    else yield [path, { special: true }];
  }
}

/** Returns kind, mode, mtime and size of each entry below a directory. */
export function attributesOf(root: string): Record<string, unknown[]> {
  const found: Record<string, unknown[]> = {};
  const look = (path: string) => {
    const info = Deno.lstatSync(`${root}/${path}`);
    const kind = info.isDirectory ? "directory" : info.isSymlink ? "link" : "file";
    const mode = ((info.mode ?? 0) & 0o7777).toString(8);
    found[path] = [kind, mode, info.mtime?.getTime(), info.isFile ? info.size : 0];
  };
  look("");
  for (const [path] of listOf(root)) look(path.replace(/\/$/, ""));
  return found;
}

/** Returns path and code of each error of the only report of a SyncError. */
export async function errorsOf(sync: () => Promise<unknown>): Promise<[string, string][]> {
  const error: SyncError = await assertRejects(sync, SyncError);
  return error.reports.flatMap(({ errors }) =>
    errors.map(({ path, code }): [string, string] => [path, code])
  );
}
