/** Deno as it is where there is no network. */

/** The environment of a Deno that reaches nothing, and has never bundled anything. */
export interface Offline extends AsyncDisposable {
  env: Record<string, string>;
}

/** Makes a Deno cache like that of this process, but without esbuild. */
export async function offline(): Promise<Offline> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(stdout));
  const path = await Deno.makeTempDir({ prefix: "execnet-" });
  for await (const { name } of Deno.readDir(denoDir)) {
    // `deno bundle` keeps esbuild in there.
    if (name !== "dl") await Deno.symlink(`${denoDir}/${name}`, `${path}/${name}`);
  }
  const nowhere = "http://127.0.0.1:9";
  return {
    env: { DENO_DIR: path, HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, NO_COLOR: "1" },
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
