import { assertEquals } from "@std/assert";
import { CHUNK_BYTES, type Look, readChunks } from "./content.ts";
import { Kind } from "../wire/entry.ts";

Deno.test({
  name: "readChunks() that is given up fails nothing else, though a read is under way",
  ignore: Deno.build.os === "windows",
  async fn() {
    const directory = await Deno.makeTempDir();
    const rejections: unknown[] = [];
    const note = (event: PromiseRejectionEvent) => {
      event.preventDefault();
      rejections.push(event.reason);
    };
    globalThis.addEventListener("unhandledrejection", note);
    try {
      const pipe = `${directory}/pipe`; // a read of it lasts until something comes
      await new Deno.Command("mkfifo", { args: [pipe] }).output();
      const writing = Deno.open(pipe, { write: true });
      const entry = { kind: Kind.file, size: 2 * CHUNK_BYTES, mode: 0o600, mtime: 0 };
      const chunks = readChunks(pipe, "keep", { entry, version: "" } as Look);
      const first = chunks.next();
      using writer = await writing;
      const bytes = new Uint8Array(CHUNK_BYTES);
      for (let at = 0; at < bytes.length;) at += await writer.write(bytes.subarray(at));
      assertEquals((await first).value, bytes);
      await chunks.return(false);
      await writer.write(new Uint8Array(1)).catch(() => {}); // ends the read
      await new Promise((resolve) => setTimeout(resolve));
      assertEquals(rejections, []);
    } finally {
      globalThis.removeEventListener("unhandledrejection", note);
      await Deno.remove(directory, { recursive: true });
    }
  },
});
