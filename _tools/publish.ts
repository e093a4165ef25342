/** Rehearses a publication. */
import { type Captured, runCaptured } from "./deno.ts";
import { ROOT } from "./paths.ts";

/** Runs `deno publish --dry-run`, which also finds slow types. */
export async function rehearsePublish(): Promise<Captured> {
  const args = ["publish", "--dry-run", "--allow-dirty"];
  const registry = Deno.env.get("JSR_URL");
  if (!registry?.startsWith(ROOT.href)) return await runCaptured(args);
  // Deno would publish every module below the package's folder, so std must seem to be elsewhere.
  const elsewhere = await Deno.makeTempDir();
  try {
    const link = `${elsewhere}/jsr`;
    await Deno.symlink(new URL(registry), link, { type: "dir" });
    return await runCaptured(args, {
      env: { JSR_URL: new URL(`file://${link}/`).href },
    });
  } finally {
    await Deno.remove(elsewhere, { recursive: true });
  }
}
