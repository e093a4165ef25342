/** Deno as it is where there is no network. */

/** The environment of a Deno that reaches nothing, and has never bundled anything. */
export interface Offline extends AsyncDisposable {
  env: Record<string, string>;
}

/** Returns the path of the cache of this process's Deno. */
export async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

/** Makes a Deno cache like that of this process, but without esbuild. */
export async function offline(): Promise<Offline> {
  const cache = await denoDir();
  const path = await Deno.makeTempDir({ prefix: "execnet-" });
  for await (const { name } of Deno.readDir(cache)) {
    // `deno bundle` keeps esbuild in there.
    if (name !== "dl") await Deno.symlink(`${cache}/${name}`, `${path}/${name}`);
  }
  const nowhere = "http://127.0.0.1:9";
  return {
    env: { DENO_DIR: path, HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, NO_COLOR: "1" },
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
