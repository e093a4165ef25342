/**
 * What both sides of a sync send each other, and the checks of what arrives.
 *
 * A channel in each direction carries these messages in order. Besides them the sender sends plain
 * bytes: the content of the file that it has opened last.
 *
 * @module
 */

import type { BlockSums } from "./blocks.ts";
import { type Entry, Kind } from "./entry.ts";
import { check } from "./check.ts";
import { isName } from "./path.ts";
import type { Told } from "./problems.ts";

/** The first message of the sender: what its root is; undefined if it cannot be read. */
export interface RootMessage {
  type: "root";
  entry: Entry | undefined;
}

/** Entries of a directory, in the order of their names. Directories come before what they hold. */
export interface ListMessage {
  type: "list";
  directory: string;
  /** The names, with a NUL between two. */
  names: string;
  /** For each entry its kind, mode, mtime and size. */
  numbers: Float64Array<ArrayBuffer>;
  /** The texts of the links, in order. */
  texts: string[];
  /** The `.gitignore` of the directory, with its first entries. */
  ignore: string | undefined;
  /** Whether these are the last entries of the directory. */
  isLast: boolean;
}

/** Ends the list. */
export interface ListedMessage {
  type: "listed";
}

/** Small files: their bytes, one after the other. */
export interface FilesMessage {
  type: "files";
  ids: number[];
  /** For each file its kind, mode, mtime and size. */
  numbers: Float64Array<ArrayBuffer>;
  bytes: Uint8Array<ArrayBuffer>;
  /** Whether the bytes are compressed. */
  isPacked: boolean;
}

/** Bytes of the open file, compressed. */
export interface PackedMessage {
  type: "packed";
  bytes: Uint8Array<ArrayBuffer>;
  /** How many they were. */
  size: number;
}

/** Begins a large file; its bytes follow. */
export interface OpenMessage {
  type: "open";
  id: number;
  entry: Entry;
}

/** Blocks of the target's old version of the open file. */
export interface CopyMessage {
  type: "copy";
  index: number;
  count: number;
}

/** Ends it. */
export interface CloseMessage {
  type: "close";
  /** Whether it did not change while it was read. */
  isWhole: boolean;
  /** The SHA-256 of all of it, if blocks are part of it. */
  hash: Uint8Array<ArrayBuffer> | undefined;
}

/**
 * Files that are not sent: they cannot be read, are the same as the target's, or differ in a dry
 * run.
 */
export interface NoneMessage {
  type: "none";
  ids: number[];
  why: "failed" | "same" | "differs";
}

/** Which entries of an `ask` the initiator's filter lets through. */
export interface AnswerMessage {
  type: "answer";
  verdicts: boolean[];
}

/** The last message of the sender. */
export interface EndMessage {
  type: "end";
  /** Whether entries may be deleted: all of the source was read, and it is not empty. */
  mayDelete: boolean;
}

/** Which of the listed files the receiver needs. */
export interface WantMessage {
  type: "want";
  /** All entries before this one, counted from 0 as they were listed, are compared. */
  upTo: number;
  ids: number[];
  /** For each id the SHA-256 of the target's file, where the content is to be compared by it. */
  hashes: (Uint8Array<ArrayBuffer> | undefined)[];
}

/** Wants a listed file as far as it differs from the target's old version. */
export interface DeltaMessage {
  type: "delta";
  id: number;
  sums: BlockSums;
}

/** Says that a large file is in its place, or has to be sent again: whole, and only once. */
export interface SettledMessage {
  type: "settled";
  id: number;
  isAgain: boolean;
}

/** Asks what the initiator's filter says about entries that only the target has. */
export interface AskMessage {
  type: "ask";
  paths: string[];
  numbers: Float64Array<ArrayBuffer>;
}

/** What the far side has to report. */
export interface ToldMessage extends Told {
  type: "told";
}

/** A message of the sender. */
export type SenderMessage =
  | RootMessage
  | ListMessage
  | ListedMessage
  | FilesMessage
  | OpenMessage
  | CopyMessage
  | PackedMessage
  | CloseMessage
  | NoneMessage
  | AnswerMessage
  | EndMessage
  | ToldMessage;

/** A message of the receiver. */
export type ReceiverMessage =
  | WantMessage
  | DeltaMessage
  | SettledMessage
  | AskMessage
  | ToldMessage;

/** The channel between both. */
export interface Link extends AsyncIterable<unknown> {
  send(message: unknown): Promise<void>;
}

/** Returns whether an error of `send` says that the channel or its gateway has ended. */
function isClosed(error: unknown): boolean {
  return error instanceof Error && /^(Channel|Gateway)ClosedError$/.test(error.name);
}

/**
 * Sends a message; returns false if the link has ended. How it has, whoever receives on it is told: that
 * one must not wait for it here.
 */
export async function sendUnlessClosed(
  link: Link,
  message: SenderMessage | ReceiverMessage | Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  try {
    await link.send(message);
    return true;
  } catch (error) {
    if (!isClosed(error)) throw error;
    return false;
  }
}

/** Numbers for each entry in a message. */
const NUMBERS = 4;

/** Returns entries as numbers. */
export function numbersOf(entries: readonly Entry[]): Float64Array<ArrayBuffer> {
  const numbers = new Float64Array(entries.length * NUMBERS);
  let at = 0;
  for (const { kind, mode, mtime, size } of entries) {
    numbers[at++] = kind;
    numbers[at++] = mode;
    numbers[at++] = mtime;
    numbers[at++] = size;
  }
  return numbers;
}

/** Returns the entries of a message of `count` entries. */
export function entriesOf(numbers: unknown, count: number): Entry[] {
  check(
    numbers instanceof Float64Array && numbers.length === count * NUMBERS,
    "numbers that do not fit their names",
  );
  return Array.from({ length: count }, (_, i) => {
    const at = i * NUMBERS;
    const entry = {
      kind: numbers[at],
      mode: numbers[at + 1],
      mtime: numbers[at + 2],
      size: numbers[at + 3],
    };
    checkEntry(entry);
    return entry;
  });
}

/** Checks an entry from the peer. */
export function checkEntry(entry: unknown): asserts entry is Entry {
  check(typeof entry === "object" && entry !== null, "no entry");
  const { kind, mode, mtime, size } = entry as Record<keyof Entry, unknown>;
  check(
    Number.isInteger(kind) && (kind as number) >= 0 && (kind as number) <= Kind.passage &&
      Number.isInteger(mode) && ((mode as number) & ~0o7777) === 0 &&
      Number.isSafeInteger(mtime) && Math.abs(mtime as number) < 8.64e15 &&
      Number.isSafeInteger(size) && (size as number) >= 0,
    "an entry that no file system has",
  );
}

/** Returns the names of a list message. */
export function namesOf(names: unknown): string[] {
  check(typeof names === "string", "no names");
  if (names === "") return [];
  const each = names.split("\0");
  let before = "";
  for (const name of each) {
    check(isName(name), `${JSON.stringify(name)} as a name`);
    check(before < name, "names out of order");
    before = name;
  }
  return each;
}

/** Checks a list of whole numbers. */
export function checkIds(ids: unknown): asserts ids is number[] {
  check(Array.isArray(ids) && ids.every((id) => Number.isSafeInteger(id)), "ids that are none");
}
