/**
 * The first code that runs in a gateway: it reads the program from the protocol stream and runs it.
 * It is bundled into one text, which goes on the command line as a `data:` module.
 *
 * It sends the hello when it has read the program: one that lacks a part of it, as a start file on the
 * far side has read from the stream, must not look like a gateway. The hello leaves before the program
 * is compiled, since the initiator can use the time. It is encoded by hand, as `protocol/preamble.ts`
 * would do it: the text has to be small.
 *
 * Programs that executions start inherit no descriptor but 0, 1 and 2. Deno can neither close those
 * that it has inherited nor mark them as closed on `exec`, so the C library does: this loader has a
 * grant for that if programs can be started at all.
 *
 * Opening `/dev/fd/N` starts in half the time of `node:net`, which serves if that fails (a socket,
 * another user's pipe, a deny list). The grants for it are given up before anything else runs, unless
 * the spec itself grants what lies above: revoking would take that away, too.
 */

import type { Socket } from "node:net";
import {
  C_LIBRARIES,
  DEFAULT_LIMITS,
  FIRST_LINE,
  MAGIC,
  PROGRAM_DEFLATED,
  PROTOCOL_INPUT,
  PROTOCOL_OUTPUT,
  PROTOCOL_VERSION,
  STREAM_CUT,
} from "../protocol/constants.ts";
import type { Boot } from "./boot.ts";

/** Reads exactly so many bytes. */
type Read = (count: number) => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;

const boot: Boot = { helloBytes: 0, rest: new Uint8Array() };

/** Ends the process, as the initiator is gone. */
function gone(): never {
  Deno.exit(0);
}

type Grant = "read" | "write" | "ffi";

function isGranted(name: Grant, path: string): boolean {
  return Deno.permissions.querySync({ name, path }).state === "granted";
}

/** Gives up the grant of a file, unless the spec itself grants what lies above: that would go, too. */
function revoke(name: Grant, path: string): void {
  const above = path.slice(0, path.lastIndexOf("/"));
  if (!isGranted(name, above) && !isGranted(name, "/")) Deno.permissions.revokeSync({ name, path });
}

/** FIOCLEX and CLOSE_RANGE_CLOEXEC: both make descriptors close on `exec`. */
const [MARK_ONE, MARK_ALL] = [Deno.build.os === "darwin" ? 0x20006601n : 0x5451n, 4];

function hideDescriptors(): void {
  const granted = C_LIBRARIES.filter((path) => isGranted("ffi", path));
  for (const path of granted) {
    try {
      const { close_range, ioctl } = Deno.dlopen(path, {
        ioctl: { parameters: ["i32", "u64"], result: "i32" },
        close_range: { parameters: ["u32", "u32", "u32"], result: "i32", optional: true },
      }).symbols;
      if (close_range?.(3, 0xffffffff, MARK_ALL) !== 0) {
        for (let fd = 3; fd < 1_024; fd++) ioctl(fd, MARK_ONE);
      }
      break;
    } catch { /* it is elsewhere */ }
  }
  // Fewer are the spec's own.
  if (granted.length === C_LIBRARIES.length) { for (const path of granted) revoke("ffi", path); }
}

function openFiles(): Boot["files"] {
  try {
    return [Deno.openSync(PROTOCOL_INPUT), Deno.openSync(PROTOCOL_OUTPUT, { write: true })];
  } catch {
    return undefined; // sockets then
  } finally {
    revoke("read", PROTOCOL_INPUT);
    revoke("write", PROTOCOL_OUTPUT);
  }
}

function readFile(file: Deno.FsFile): Read {
  return (count) => {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count;) at += file.readSync(bytes.subarray(at)) ?? gone();
    return bytes;
  };
}

function readSocket(socket: Socket): Read {
  const next = () =>
    new Promise<Uint8Array>((resolve) => {
      socket.once("end", gone).once("error", gone).once("data", (chunk: Uint8Array) => {
        socket.pause().removeAllListeners("end").removeAllListeners("error");
        resolve(chunk);
      }).resume();
    });
  return async (count) => {
    while (boot.rest.length < count) {
      const chunk = await next();
      const joined = new Uint8Array(boot.rest.length + chunk.length);
      joined.set(boot.rest);
      joined.set(chunk, boot.rest.length);
      boot.rest = joined;
    }
    const bytes = boot.rest.slice(0, count);
    boot.rest = boot.rest.slice(count);
    return bytes;
  };
}

/** A map of texts and numbers in MessagePack. */
function encodeHello(): number[] {
  const { build: { os, arch }, pid, version } = Deno;
  const { maxItemBytes } = DEFAULT_LIMITS;
  const fields = Object.entries({ pid, ...version, os, arch, maxItemBytes, gateway: "" });
  const hello = [0x80 + fields.length];
  for (const value of fields.flat()) {
    if (typeof value === "string") {
      hello.push(0xd9, value.length, ...new TextEncoder().encode(value));
    } else hello.push(0xce, value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255);
  }
  return hello;
}

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const { readable, writable } = new DecompressionStream("deflate-raw");
  const writer = writable.getWriter();
  writer.write(bytes);
  writer.close();
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of readable) text += decoder.decode(chunk, { stream: true });
  return text;
}

hideDescriptors();
const files = boot.files = openFiles();
let read: Read;
if (files === undefined) {
  const { Socket } = await import("node:net");
  boot.sockets = [
    new Socket({ fd: 3, readable: true, writable: false }),
    new Socket({ fd: 4, readable: false, writable: true }),
  ];
  read = readSocket(boot.sockets[0]);
} else read = readFile(files[0]);

/** Ends the process if something has read the beginning of the stream before. */
function checkStart(start: Uint8Array): void {
  if (new TextDecoder().decode(start) === FIRST_LINE) return;
  console.error(STREAM_CUT);
  Deno.exit(1);
}

checkStart(await read(FIRST_LINE.length));
const head = new DataView((await read(4)).buffer).getUint32(0);
const body = await read(head % PROGRAM_DEFLATED);

const hello = encodeHello();
const preamble = new Uint8Array([
  ...MAGIC,
  PROTOCOL_VERSION >> 8,
  PROTOCOL_VERSION & 255,
  0,
  0,
  hello.length >> 8,
  hello.length & 255,
  ...hello,
]);
boot.helloBytes = preamble.length;
if (files === undefined) boot.sockets?.[1].write(preamble);
else files[1].writeSync(preamble);

const program = head < PROGRAM_DEFLATED ? new TextDecoder().decode(body) : await inflate(body);
new Function("boot", `${program}\n//# sourceURL=execnet:remote`)(boot);
