/**
 * The stand-in for JSR: npm's `deno-std` has all of std as plain .js in one package.
 */
import { makeDirectoryOnce, scratchUrl } from "./atomic.ts";
import { runCaptured } from "./deno.ts";
import { Failure } from "./failure.ts";
import { STD_FOLDERS } from "./paths.ts";
import { layOut, LAYOUT_VERSION } from "./std_layout.ts";
import { readNpmPackage } from "./std_sources.ts";

const NAME = "deno-std";
const VERSION = "1.4.0";

/** Returns the folder for `JSR_URL`; the first call creates it. */
export async function stdFolderFromNpm(): Promise<URL> {
  const folder = new URL(`${NAME}-${VERSION}-${LAYOUT_VERSION}/`, STD_FOLDERS);
  await makeDirectoryOnce(folder, async (scratch) => {
    const project = new URL(`${scratchUrl("npm").href}/`);
    await Deno.mkdir(project, { recursive: true });
    try {
      await layOut(
        await readNpmPackage(await install(project), VERSION),
        scratch,
      );
    } finally {
      await Deno.remove(project, { recursive: true });
    }
  });
  return folder;
}

/** Makes Deno install into a node_modules folder, whose layout npm packages rely on. */
async function install(project: URL): Promise<URL> {
  await Deno.writeTextFile(
    new URL("package.json", project),
    JSON.stringify({ dependencies: { [NAME]: VERSION } }),
  );
  // Keeps Deno from using the deno.json of this repository, which is further up.
  await Deno.writeTextFile(new URL("deno.json", project), "{}");
  const { success, stderr } = await runCaptured(
    ["install", "--quiet", "--no-lock", "--node-modules-dir=auto"],
    { cwd: project },
  );
  if (!success) {
    throw new Failure(
      `Cannot lay out @std: JSR does not answer, and ${NAME}@${VERSION} did not install from npm:\n${stderr}`,
    );
  }
  return new URL(`node_modules/${NAME}/`, project);
}
