/**
 * Installs a package into a folder that git ignores.
 *
 * @returns The folder, or undefined if that failed.
 */
export async function npmInstall(name: string, version: string): Promise<string | undefined> {
  const folder = new URL(`../.cache/${name}`, import.meta.url).pathname;
  await Deno.mkdir(folder, { recursive: true });
  const wanted = `${name}@${version}`;
  const args = ["install", "--prefix", folder, "--no-save", "--ignore-scripts", wanted];
  try {
    const { success } = await new Deno.Command("npm", { args, stdout: "null", stderr: "null" })
      .output();
    return success ? folder : undefined;
  } catch {
    return undefined;
  }
}
