import { assertEquals, assertRejects } from "@std/assert";
import { LastBytes, runSideProcess } from "./side_process.ts";

/** Returns whether a process runs: a zombie does not. */
async function runs(pid: number): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", `${pid}`] })
    .output();
  return /^[^Z]/.test(new TextDecoder().decode(stdout).trim());
}

async function whenGone(pid: number): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (await runs(pid)) {
    if (performance.now() > deadline) throw new Error(`process ${pid} is left`);
  }
}

function sh(script: string, ...args: string[]) {
  return { command: ["sh", "-c", script, "sh", ...args] } as const;
}

Deno.test("LastBytes keeps the last bytes of any chunks", () => {
  for (const size of [1, 3, 10, 100]) {
    const last = new LastBytes(10);
    const text = "0123456789".repeat(10);
    for (let at = 0; at < text.length; at += size) {
      last.push(new TextEncoder().encode(text.slice(at, at + size)));
    }
    assertEquals([last.text, last.isCut], ["0123456789", true]);
  }
  const whole = new LastBytes(4);
  for (const byte of [0xe2, 0x82, 0xac]) whole.push(Uint8Array.of(byte));
  assertEquals([whole.text, whole.isCut], ["€", false]);
});

Deno.test("runSideProcess() returns how a program ended, and the last that it printed", async () => {
  assertEquals(await runSideProcess(sh("echo out; echo err >&2; exit 3"), {}), {
    code: 3,
    stdout: "out\n",
    stderr: "err\n",
    timedOut: false,
    isCut: false,
  });
  const { stdout, isCut } = await runSideProcess(sh("seq 100000; echo end"), { keptBytes: 10 });
  assertEquals([stdout, isCut], ["00000\nend\n", true]);
});

Deno.test("runSideProcess() passes on its input, and needs nobody to read it", async () => {
  const input = () => new Blob(["a".repeat(1_000_000)]).stream();
  assertEquals((await runSideProcess(sh("wc -c"), { input: input() })).stdout.trim(), "1000000");
  assertEquals((await runSideProcess(sh("exit 4"), { input: input() })).code, 4);
});

Deno.test("runSideProcess() ends what takes too long, also if it ignores SIGTERM", async () => {
  const deaf = sh(`trap "" TERM; sleep 1000 & echo $!; while :; do sleep 1000; done`);
  const { stdout, ...result } = await runSideProcess(deaf, { timeout: 300 });
  assertEquals(result, { code: null, stderr: "", timedOut: true, isCut: false });
  await whenGone(Number(stdout));
});

Deno.test("runSideProcess() lets what is ended clean up", async () => {
  const polite = sh(`trap "echo bye; exit 5" TERM; sleep 1000 & wait`);
  const { code, stdout, timedOut } = await runSideProcess(polite, { timeout: 300 });
  assertEquals([code, stdout, timedOut], [5, "bye\n", true]);
});

Deno.test("runSideProcess() ends a program when its signal is aborted", async () => {
  const { code, timedOut } = await runSideProcess(sh("sleep 1000"), {
    signal: AbortSignal.timeout(200),
  });
  assertEquals([code, timedOut], [null, false]);
  await assertRejects(
    () => runSideProcess(sh("exit"), { signal: AbortSignal.abort(new Error("not wanted")) }),
    Error,
    "not wanted",
  );
});

Deno.test("runSideProcess() waits for no one who holds the pipes of a program that has ended", async () => {
  const script = `sleep 1000 & echo $!; exit 0`;
  const { code, stdout } = await runSideProcess(sh(script), {});
  assertEquals(code, 0);
  await whenGone(Number(stdout));
});

Deno.test({
  name: "runSideProcess() waits for no daemon that holds the pipes of its program",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const started = performance.now();
    const { code, stdout } = await runSideProcess(sh("setsid sleep 60 & sleep 0.1; echo $!"), {});
    Deno.kill(Number(stdout), "SIGKILL");
    assertEquals([code, performance.now() - started < 30_000], [0, true]);
  },
});

Deno.test("runSideProcess() needs no shell, and no permission but that for the program", async () => {
  const module = new URL("./side_process.ts", import.meta.url).href;
  const source = `import { runSideProcess } from "${module}";
    const { code, timedOut } = await runSideProcess({ command: ["sleep", "60"] }, { timeout: 200 });
    console.log(code, timedOut);`;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, source);
    const config = new URL("../deno.json", import.meta.url).pathname;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", `--config=${config}`, "--allow-run=sleep", file],
    }).output();
    assertEquals(new TextDecoder().decode(stdout), "null true\n", new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(file);
  }
});
