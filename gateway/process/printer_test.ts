import { assertEquals } from "@std/assert";
import type { ChannelGateway } from "../../channel/channel.ts";
import { Printer } from "./printer.ts";

const GATEWAY: ChannelGateway = {
  id: "gw0",
  newChannel() {
    throw new Error("not used");
  },
};

Deno.test("Printer hands lines to a handler, with the gateway and the isolated execution", () => {
  const calls: unknown[] = [];
  const printer = new Printer(GATEWAY, (...call) => void calls.push(call));
  printer.pass("one", "stdout");
  printer.nameExecution("job");
  printer.pass("two", "stderr");
  assertEquals(calls, [["one", "stdout", GATEWAY, undefined], ["two", "stderr", GATEWAY, "job"]]);
});

Deno.test("Printer gives no more lines to a handler that has thrown", () => {
  let calls = 0;
  const printer = new Printer(GATEWAY, () => {
    calls++;
    throw new Error("the handler's own error, which is printed");
  });
  printer.pass("one", "stdout");
  printer.pass("two", "stdout");
  assertEquals(calls, 1);
});

Deno.test("Printer names what the process belongs to", () => {
  const printer = new Printer(GATEWAY, "null");
  assertEquals(printer.subject, "gateway gw0");
  printer.nameExecution("job");
  assertEquals(printer.subject, "the isolated execution job of gateway gw0");
});
