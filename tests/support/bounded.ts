import { inTime } from "./deadline.ts";

/** Registers a test that fails after 60 s. */
export function test(sentence: string, body: () => Promise<void>): void {
  Deno.test(sentence, () => inTime("the test", body(), TEST_DEADLINE_MS));
}

const TEST_DEADLINE_MS = 60_000;

/** A directory that is removed after the test. */
export class TemporaryDirectory implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<TemporaryDirectory> {
    return new TemporaryDirectory(await Deno.realPath(await Deno.makeTempDir()));
  }

  /** Writes a file into it; `mode` makes it executable or not. */
  async write(name: string, text: string, mode = 0o644): Promise<string> {
    const path = `${this.path}/${name}`;
    await Deno.writeTextFile(path, text);
    await Deno.chmod(path, mode);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
