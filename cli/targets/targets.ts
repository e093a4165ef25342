/**
 * Targets: what `-w` and its companions mean.
 *
 * @module
 */

import type { GatewaySpec } from "../../mod.ts";
import { SpecError } from "../../errors.ts";
import { planGroup } from "../../gateway/group/plan.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { didYouMean, UsageError } from "../usage.ts";
import { type HostNames, readHostsFile } from "./hosts_file.ts";
import { expandRanges, hasRange } from "./ranges.ts";
import { completeSpec, keysOf, type SpecKeys } from "./spec_keys.ts";

/** One gateway that a command is for. */
export interface Target {
  readonly id: string;
  readonly spec: GatewaySpec;
  /** The ids of the targets that it starts or connects through. */
  readonly requires: readonly string[];
}

/** The kinds of targets whose value may have a range in it. */
const KINDS = ["ssh", "tcp", "socket", "command"];
const MAX_COPIES = 10_000;

/**
 * Returns the targets of a command line.
 *
 * @param exclude The name of the option that leaves targets out.
 * @throws {UsageError} if they are wrong; nothing has been started.
 */
export async function targetsOf(args: Arguments, exclude = "exclude"): Promise<Target[]> {
  const texts = args.texts("on");
  const named = new Named(args.text("hosts"));
  const wanted: Wanted[] = [];
  for (const text of texts.length === 0 ? ["popen"] : texts) {
    for (const each of await named.expand(text)) wanted.push(...wantedBy(each));
  }
  const specs = uniqueOf(wanted).map(({ keys, id }) => ({
    ...completeSpec(keys, args.grants, args.milliseconds("connect-timeout")),
    ...(id === undefined ? {} : { id }),
  }));
  const targets = planned(specs);
  return await without(targets, args.texts(exclude));
}

/** A target before its id is known for sure. */
interface Wanted {
  readonly keys: SpecKeys;
  /** The host name, of a range. */
  readonly id?: string;
}

/** Writes out copies and names of the hosts file, which is read when there is the first name. */
class Named {
  readonly #path: string | undefined;
  #names: HostNames | undefined;

  constructor(path: string | undefined) {
    this.#path = path;
  }

  async expand(text: string, within: readonly string[] = []): Promise<Expanded[]> {
    const [, count, copied] = /^(\d+)\*(.+)$/s.exec(text) ?? [];
    if (count !== undefined) {
      const copies = Number(count);
      if (copies < 1 || copies > MAX_COPIES) {
        throw new UsageError(`"${text}": a number of copies is from 1 to ${MAX_COPIES}`);
      }
      const each = await this.expand(copied, within);
      return each.map((one) => ({ ...one, copies: one.copies * copies }));
    }
    if (!text.startsWith("@")) return [{ spec: text, copies: 1 }];
    const name = text.slice(1);
    if (within.includes(name)) {
      throw new UsageError(`@${name} of the hosts file names itself: @${within.join(", @")}`);
    }
    this.#names ??= await readHostsFile(this.#path);
    const targets = this.#names.get(name);
    if (targets === undefined) {
      const hint = await didYouMean(text, Array.from(this.#names.keys(), (each) => `@${each}`));
      throw new UsageError(`the hosts file has no name "${name}"${hint}`);
    }
    const all: Expanded[] = [];
    for (const target of targets) all.push(...await this.expand(target, [...within, name]));
    return all;
  }
}

interface Expanded {
  readonly spec: string;
  readonly copies: number;
}

/** Writes out the ranges of a spec, and its copies. Several values with ranges go in step. */
function wantedBy({ spec, copies }: Expanded): Wanted[] {
  const keys = keysOf(spec);
  const lists = new Map<string, string[]>();
  for (const key of [...KINDS, "id", "via"]) {
    const value = keys[key];
    if (typeof value !== "string") continue;
    if (hasRange(value)) lists.set(key, expandRanges(value));
    else checkBrackets(key, value);
  }
  const kind = KINDS.find((key) => lists.has(key));
  const count = Math.max(1, ...Array.from(lists.values(), ({ length }) => length));
  const wanted: Wanted[] = [];
  for (let copy = 0; copy < (lists.has("id") ? 1 : copies); copy++) {
    for (let index = 0; index < count; index++) {
      const own: Record<string, string | true> = { ...keys };
      for (const [key, list] of lists) {
        if (list.length !== count) throw new UsageError(`the ranges of "${spec}" differ in length`);
        own[key] = list[index];
      }
      const host = kind === undefined || "id" in keys ? undefined : hostOf(kind, `${keys[kind]}`);
      const id = host === undefined ? undefined : expandRanges(host)[index];
      wanted.push({ keys: own, id: copy === 0 || id === undefined ? id : `${id}-${copy + 1}` });
    }
  }
  return wanted;
}

/** Refuses a range that is none: no host has such a name. */
function checkBrackets(key: string, value: string): void {
  const [bracket] = /\[[^\]:]*\]?/.exec(value) ?? [];
  if (bracket === undefined || !["ssh", "tcp", "socket"].includes(key)) return;
  if (/\[[\da-f]*:/i.test(value)) return; // an address of IPv6
  throw new UsageError(
    `"${bracket}" of the target "${key}=${value}" is no range; write it as [01-20,25]`,
  );
}

/** Returns the host name with the range, of the word of a value that has it. */
function hostOf(kind: string, value: string): string {
  const word = value.split(/\s+/).find(hasRange) ?? value;
  const host = word.slice(word.lastIndexOf("@") + 1);
  return kind === "tcp" || kind === "socket" ? host.replace(/:\d+$/, "") : host;
}

/** Leaves out what is there twice: a host that two names have in common. */
function uniqueOf(wanted: readonly Wanted[]): Wanted[] {
  const seen = new Set<string>();
  return wanted.filter(({ id, keys }) => {
    if (id === undefined) return true;
    const key = JSON.stringify([id, Object.entries(keys)]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function planned(specs: readonly GatewaySpec[]): Target[] {
  try {
    return planGroup(specs).map(({ id, requires }, index) => ({
      id,
      requires,
      spec: { ...specs[index], id },
    }));
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const { cause } = error;
    const which = /: spec \d+ of \d+ is wrong/.test(error.message) && cause instanceof Error
      ? cause.message
      : error.message.replace(/^cannot open the group: /, "");
    throw new UsageError(`the targets are wrong: ${which}`);
  }
}

async function without(targets: readonly Target[], excluded: readonly string[]): Promise<Target[]> {
  const ids = targets.map(({ id }) => id);
  const out = new Set(excluded.flatMap((text) => text.split(/,(?![^[]*\])/)).flatMap(expandRanges));
  for (const id of out) {
    if (!ids.includes(id)) {
      throw new UsageError(`-x ${id}: no target has this id${await didYouMean(id, ids)}`);
    }
  }
  const left = targets.filter(({ id }) => !out.has(id));
  if (left.length === 0) throw new UsageError("-x leaves no target");
  for (const { id, requires } of left) {
    const missing = requires.find((each) => out.has(each));
    if (missing !== undefined) {
      throw new UsageError(`-x ${missing}: the target ${id} goes through it`);
    }
  }
  return left;
}
