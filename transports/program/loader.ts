/**
 * The first code that runs in a gateway: a `data:` module on the command line, which reads the
 * real program from the protocol stream.
 *
 * @module
 */

import {
  DEFAULT_LIMITS,
  MAGIC,
  PROTOCOL_INPUT,
  PROTOCOL_OUTPUT,
  PROTOCOL_VERSION,
} from "../../protocol/constants.ts";

/** What opens a connection, up to the hello's length. */
const PREAMBLE_START = [...MAGIC, PROTOCOL_VERSION >> 8, PROTOCOL_VERSION & 0xff];

/** What of the program's head is its length; the bit above says that it is deflated. */
const LENGTH_BITS = 0x7fff_ffff;

/**
 * It says hello before it reads the program: ssh lets nothing through to a command before that runs, so
 * over a long link the program comes a round trip later. The hello is as `protocol/preamble.ts` makes it.
 *
 * Opening `/dev/fd/N` starts in half the time of `node:net`; where it fails (a socket, another
 * user's pipe, a deny list) `node:net` serves. The grants for it are given up before anything else
 * runs, unless the spec itself grants what lies above: revoking would take that away too.
 */
const LOADER = `/*execnet*/
const give = (name, path) => {
  const { permissions } = Deno;
  if (permissions.querySync({ name, path: "/dev/fd" }).state !== "granted") {
    permissions.revokeSync({ name, path });
  }
};
let files, sockets, rest = new Uint8Array();
try {
  files = [Deno.openSync("${PROTOCOL_INPUT}"), Deno.openSync("${PROTOCOL_OUTPUT}", { write: true })];
} catch { /* sockets then */ }
give("read", "${PROTOCOL_INPUT}");
give("write", "${PROTOCOL_OUTPUT}");
const gone = () => Deno.exit(0);
let take;
if (files) {
  take = (count) => {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count;) at += files[0].readSync(bytes.subarray(at)) ?? gone();
    return bytes;
  };
} else {
  const { Socket } = await import("node:net");
  sockets = [
    new Socket({ fd: 3, readable: true, writable: false }),
    new Socket({ fd: 4, readable: false, writable: true }),
  ];
  take = async (count) => {
    while (rest.length < count) {
      const chunk = await new Promise((resolve) => {
        sockets[0].once("end", gone).once("error", gone).once("data", (chunk) => {
          sockets[0].pause().removeAllListeners("end").removeAllListeners("error");
          resolve(chunk);
        }).resume();
      });
      const joined = new Uint8Array(rest.length + chunk.length);
      joined.set(rest);
      joined.set(chunk, rest.length);
      rest = joined;
    }
    const bytes = rest.slice(0, count);
    rest = rest.slice(count);
    return bytes;
  };
}
const { build: { os, arch }, pid, version } = Deno;
const fields = Object.entries({
  pid, ...version, os, arch, maxItemBytes: ${DEFAULT_LIMITS.maxItemBytes}, gateway: "",
});
const hello = [0x80 + fields.length];
const put = (value) => {
  if (typeof value === "string") hello.push(0xd9, value.length, ...new TextEncoder().encode(value));
  else hello.push(0xce, value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255);
};
fields.flat().forEach(put);
const { length } = hello;
const preamble = new Uint8Array([${PREAMBLE_START}, 0, 0, length >>> 8, length & 255, ...hello]);
if (files) files[1].writeSync(preamble);
else sockets[1].write(preamble);
const head = new DataView((await take(4)).buffer).getUint32(0);
const body = await take(head & ${LENGTH_BITS});
let program = "";
if (head <= ${LENGTH_BITS}) program = new TextDecoder().decode(body);
else {
  const { readable, writable } = new DecompressionStream("deflate-raw");
  const writer = writable.getWriter();
  writer.write(body);
  writer.close();
  const decoder = new TextDecoder();
  for await (const chunk of readable) program += decoder.decode(chunk, { stream: true });
}
new Function("boot", program + "\\n//# sourceURL=execnet:remote")({
  files,
  sockets,
  helloBytes: preamble.length,
  rest,
});
`;

/** The loader as the module to give to `deno run`. */
export const LOADER_URL: string = `data:application/javascript;base64,${btoa(LOADER)}`;

/**
 * The program as the loader reads it: its length, with the highest bit set where it is deflated
 * (u32), then its bytes.
 */
export function encodeProgram(program: Uint8Array, deflated: boolean): Uint8Array {
  const bytes = new Uint8Array(4 + program.length);
  new DataView(bytes.buffer).setUint32(0, program.length + (deflated ? LENGTH_BITS + 1 : 0));
  bytes.set(program, 4);
  return bytes;
}
