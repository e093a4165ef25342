/** Temporary files of tests. */

/** A directory that is removed at the end of the block. */
export interface Scratch extends AsyncDisposable {
  /** The URL of a file in it. */
  url(path: string): URL;
  /** Writes files, with their directories. */
  write(files: Record<string, string>): void;
  /** Removes everything. */
  remove(): void;
}

/** Makes a directory with files. Its name has characters that have to be escaped in a URL. */
export async function scratch(files: Record<string, string> = {}): Promise<Scratch> {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "execnet ü#-" }));
  const remove = () => Deno.removeSync(path, { recursive: true });
  const made: Scratch = {
    url: (name) => new URL(`file://${encodeURIComponent(path).replaceAll("%2F", "/")}/${name}`),
    write(files) {
      for (const [name, text] of Object.entries(files)) {
        const file = `${path}/${name}`;
        Deno.mkdirSync(file.replace(/[^/]*$/, ""), { recursive: true });
        Deno.writeTextFileSync(file, text);
      }
    },
    remove,
    async [Symbol.asyncDispose]() {
      await Deno.remove(path, { recursive: true }).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    },
  };
  made.write(files);
  return made;
}
