import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../../errors.ts";
import { NO_HOLD } from "../../internal/keep_alive.ts";
import { FrameType } from "../../protocol/constants.ts";
import {
  encodeExecRequest,
  encodeKeptCode,
  encodeStatusReport,
  type ExecRequest,
  type StatusReport,
} from "../../protocol/control.ts";
import type { Frame } from "../../protocol/frames.ts";
import type { Channel } from "../channel.ts";
import type { ChannelCore } from "../core.ts";
import { Bridges } from "./bridge.ts";
import { ReceivedCode } from "./code_cache.ts";
import { dispatch, type FrameTarget } from "./dispatch.ts";
import { StatusRequests } from "./status_requests.ts";
import { FakeContext } from "../../tests/support/fake_context.ts";

const REQUEST: ExecRequest = { kind: "source", name: "job", position: "", isolated: false };
const KEPT = { ...REQUEST, text: "() => 1" };
const STATUS: StatusReport = { channels: 2, executing: ["job"], execModel: "main" };
const BYTES = Uint8Array.of(1, 2);
const HASH = new Uint8Array(32).fill(7);

/** The parts of a connection, which record what is done to them. */
class Recorder {
  readonly calls: unknown[][] = [];
  readonly target: FrameTarget;
  readonly statusRequests = new StatusRequests();
  isPeerClosing = false;

  constructor(side: "initiator" | "remote") {
    const record = (name: string) => (...args: unknown[]) => void this.calls.push([name, ...args]);
    const both = { owner: { id: side }, hold: () => NO_HOLD, lost: () => new Error() };
    const core = {
      sendQueue: { addCredit: record("credit"), grant: record("grant") },
      received: { items: { blocked: record("blocked") } },
      lifecycle: { receiveEnd: record("end") },
      receiveItem: record("item"),
      receiveDrop: record("drop"),
      receiveClose: record("close"),
    };
    this.target = {
      handler: side === "initiator"
        ? {
          ...both,
          side,
          bridges: new Bridges(),
          statusRequests: this.statusRequests,
          uncaught: record("uncaught"),
        }
        : {
          ...both,
          side,
          exec: (channel, { name }, kept) => record("exec")(channel, name, kept?.text),
          status: () => STATUS,
          exit: record("exit"),
        },
      channels: {
        addressee: (id) =>
          id === 1
            ? { ...core, isPeerClosing: this.isPeerClosing } as unknown as ChannelCore
            : undefined,
      },
      code: new ReceivedCode(),
      scheduler: { frame: record("frame") },
      credit: { add: record("shared credit") },
      window: {
        receive: record("received"),
        free: record("freed"),
      },
      accept: (id, role) => `${role} ${id}` as unknown as Channel,
    };
  }

  dispatch(...frames: Frame[]): unknown[][] {
    for (const frame of frames) dispatch(frame, this.target);
    return this.calls;
  }
}

const item: Frame = { type: "item", channel: 1, total: 2, bytes: BYTES, cost: 11 };
const part: Frame = { type: "part", channel: 1, bytes: BYTES, cost: 11 };
const window: Frame = { type: "window", channel: 1, credit: 5 };
const end: Frame = { type: "end", channel: 1 };
const close: Frame = { type: "close", channel: 1, error: BYTES };
const code: Frame = { type: "code", hash: HASH, code: encodeKeptCode(KEPT) };
const exec: Frame = { type: "exec", channel: 3, request: encodeExecRequest(REQUEST) };
const execKept: Frame = { type: "execKept", channel: 3, hash: HASH };
const statusRequest: Frame = { type: "statusRequest", request: 9 };
const exit: Frame = { type: "exit", graceMs: 1_000 };

const EITHER: [frames: Frame[], calls: unknown[][]][] = [
  [[item], [["received", 11], ["item", item]]],
  [[part], [["received", 11], ["item", part]]],
  [[window], [["credit", 5]]],
  [[{ type: "window", channel: 0, credit: 5 }], [["shared credit", 5]]],
  [[{ type: "blocked", channel: 1, wanted: 5 }], [["blocked", 5]]],
  [[{ type: "grant", channel: 1, credit: 5 }], [["grant", 5]]],
  [[end], [["end"]]],
  [[close], [["close", BYTES]]],
  [[{ type: "open", channel: 2 }], []],
  [[{ type: "drop", channel: 1 }], [["drop"]]],
  [[{ type: "ping" }], [["frame", FrameType.PONG, 0]]],
  [[{ type: "pong" }], []],
  [[{ type: "status", request: 9, status: encodeStatusReport(STATUS) }], []],
];

for (const side of ["initiator", "remote"] as const) {
  for (const [frames, calls] of EITHER) {
    Deno.test(`dispatch() acts on ${frames[0].type} at the ${side}`, () => {
      assertEquals(new Recorder(side).dispatch(...frames), calls);
    });
  }
}

const REMOTE: [frames: Frame[], calls: unknown[][]][] = [
  [[exec], [["exec", "running 3", "job", undefined]]],
  [[code], []],
  [[code, execKept], [["exec", "running 3", "job", "() => 1"]]],
  [[statusRequest], [["frame", FrameType.STATUS, 9, encodeStatusReport(STATUS)]]],
  [[exit], [["exit", 1_000]]],
];

for (const [frames, calls] of REMOTE) {
  const { type } = frames[frames.length - 1];
  Deno.test(`dispatch() acts on ${type} at the remote`, () => {
    assertEquals(new Recorder("remote").dispatch(...frames), calls);
  });
  Deno.test(`dispatch() takes ${type} at the initiator for a breach of the protocol`, () => {
    const recorder = new Recorder("initiator");
    assertThrows(() => recorder.dispatch(frames[frames.length - 1]), ProtocolError, type);
    assertEquals(recorder.calls, []);
  });
}

Deno.test("dispatch() acts on uncaught at the initiator, and nowhere else", () => {
  const frame: Frame = { type: "uncaught", channel: 5, missed: 7, error: BYTES };
  assertEquals(new Recorder("initiator").dispatch(frame), [["uncaught", 5, 7, BYTES]]);
  assertThrows(() => new Recorder("remote").dispatch(frame), ProtocolError, "uncaught");
});

Deno.test("dispatch() resolves the status that was asked for", async () => {
  const recorder = new Recorder("initiator");
  const answer = recorder.statusRequests.ask(new FakeContext());
  recorder.dispatch({ type: "status", request: 1, status: encodeStatusReport(STATUS) });
  assertEquals(await answer, STATUS);
});

Deno.test("dispatch() drops frames for a channel that has closed", () => {
  const frames = [item, part, window, end, close].map((frame) => ({ ...frame, channel: 5 }));
  const counted = [["received", 11], ["freed", 11], ["received", 11], ["freed", 11]];
  assertEquals(new Recorder("remote").dispatch(...frames as Frame[]), counted);
});

Deno.test("dispatch() leaves a grant for a channel that has closed to all channels", () => {
  const grant: Frame = { type: "grant", channel: 5, credit: 7 };
  assertEquals(new Recorder("remote").dispatch(grant), [["shared credit", 7]]);
});

for (const frame of [item, part, window, end, close]) {
  Deno.test(`dispatch() takes ${frame.type} after the peer's CLOSE for a breach of the protocol`, () => {
    const recorder = new Recorder("initiator");
    recorder.isPeerClosing = true;
    assertThrows(() => recorder.dispatch(frame), ProtocolError, "after its CLOSE");
  });
}
