#!/bin/sh
# Deno's Conn.readable and Conn.writable each close the whole connection at their end.
#
# Version: Deno 2.9.6.
# To be expected: a TCP connection has two directions, and a stream for each. The end of the
# readable says that the peer has half-closed; closing the writable is closeWrite().
# Behaviour: a server that has read conn.readable to its end cannot answer any more, and a client
# that has closed conn.writable cannot read the answer: "Bad resource ID", and the peer sees an end.
# With read() and closeWrite() the same exchange works.
#> server read by conn.readable: its answer fails with BadResource: Bad resource ID
#> client that sent closeWrite(): end without an answer
#> server read by conn.read(): has answered
#> client that sent closeWrite(): answer to question
#> server read by conn.read(): has answered
#> client that sent writable.close(): BadResource: Bad resource ID
. "$(dirname "$0")/_lib.sh"
deno_packages

cat >run.ts <<'TS'
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
const { port } = listener.addr as Deno.NetAddr;
const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function readAll(connection: Deno.Conn, how: string): Promise<string> {
  let text = "";
  if (how === "conn.readable") {
    for await (const chunk of connection.readable) text += decode(chunk);
    return text;
  }
  const buffer = new Uint8Array(100);
  for (let count; (count = await connection.read(buffer)) !== null;) {
    text += decode(buffer.subarray(0, count));
  }
  return text;
}

async function serve(how: string): Promise<string> {
  const connection = await listener.accept();
  const question = await readAll(connection, how);
  try {
    await connection.write(encode(`answer to ${question}`));
    connection.close();
    return "has answered";
  } catch (error) {
    return `its answer fails with ${(error as Error).name}: ${(error as Error).message}`;
  }
}

async function ask(how: string): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(encode("question"));
  await (how === "closeWrite()" ? connection.closeWrite() : connection.writable.close());
  try {
    return await readAll(connection, "conn.read()") || "end without an answer";
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

for (const [server, client] of [["conn.readable", "closeWrite()"], ["conn.read()", "closeWrite()"], ["conn.read()", "writable.close()"]]) {
  const [served, asked] = await Promise.all([serve(server), ask(client)]);
  console.log(`server read by ${server}: ${served}`);
  console.log(`client that sent ${client}: ${asked}`);
}
Deno.exit();
TS
see deno run -A run.ts
