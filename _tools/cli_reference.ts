/** Writes `docs/cli.md`, which is made of the table of commands. */
import { reference } from "../cli/reference.ts";
import { ROOT } from "./paths.ts";

/** Returns the page as it is formatted here. */
export async function formattedReference(): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=md", "-"],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(reference()));
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout);
}

if (import.meta.main) {
  await Deno.writeTextFile(new URL("docs/cli.md", ROOT), await formattedReference());
}
