/**
 * Decides where `jsr:` imports come from: JSR itself, or (offline, or behind a mirror of npm alone)
 * a folder made
 * from npm's `deno-std`.
 */
import { writeFileAtomically } from "./atomic.ts";
import { runCaptured } from "./deno.ts";
import { CACHE, ROOT } from "./paths.ts";
import { stdFolderFromNpm } from "./std_from_npm.ts";

const PROBE_TIMEOUT_MS = 15_000;
const ANSWER_LASTS_MS = 3_600_000;
const ANSWER = new URL("registry.json", CACHE);

interface Answer {
  readonly question: string;
  readonly reachable: boolean;
  readonly askedAt: number;
}

/** Sets `JSR_URL` for all processes started from now on, if JSR cannot be reached. */
export async function settleRegistry(): Promise<void> {
  if (Deno.env.get("JSR_URL")) return;
  if (await jsrIsReachable()) return;
  Deno.env.set("JSR_URL", (await stdFolderFromNpm()).href);
}

async function jsrIsReachable(): Promise<boolean> {
  const specifiers = await jsrSpecifiers();
  const question = [
    Deno.version.deno,
    Deno.env.get("DENO_DIR") ?? "",
    ...specifiers,
  ].join(" ");
  const remembered = await readAnswer();
  const age = Date.now() - (remembered?.askedAt ?? 0);
  if (remembered?.question === question && 0 <= age && age < ANSWER_LASTS_MS) {
    return remembered.reachable;
  }
  const reachable = await probe(specifiers);
  if (!reachable) {
    console.error(
      "JSR does not answer: @std comes from npm's deno-std for the next hour.",
    );
  }
  const answer: Answer = { question, reachable, askedAt: Date.now() };
  await writeFileAtomically(ANSWER, JSON.stringify(answer));
  return reachable;
}

/** Loads the imports of the package: this is the reliable check, and it fills Deno's cache. */
async function probe(specifiers: string[]): Promise<boolean> {
  const { success } = await runCaptured(
    ["cache", "--quiet", "--no-config", "--no-lock", ...specifiers],
    { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) },
  );
  return success;
}

async function jsrSpecifiers(): Promise<string[]> {
  const config: { imports: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", ROOT)),
  );
  return Object.values(config.imports)
    .filter((specifier) => specifier.startsWith("jsr:"));
}

async function readAnswer(): Promise<Answer | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(ANSWER));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
