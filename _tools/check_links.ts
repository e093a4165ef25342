/**
 * Checks the links in Markdown: to files, to headings, and the paths that stand in code spans.
 * Addresses on the web are not fetched.
 */
import { listFiles } from "./files.ts";
import { ROOT } from "./paths.ts";

/** The files and folders of the repository, as paths relative to it; folders end in a slash. */
export type Places = ReadonlySet<string>;

const FENCE = /^( *)(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^ *\2[`~]* *$|$(?![\s\S]))/gm;
const CODE_SPAN = /(`+)(?!`)([\s\S]*?[^`])\1(?!`)/g;
/** `[text](target "title")`, also of an image, and `[label]: target`. */
const LINK = /\]\(\s*<?([^)\s>]*)>?(?:\s+"[^"]*")?\s*\)|^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)>?/gm;
const HEADING = /^ {0,3}#{1,6} +(.*?)(?: +#+)? *$/gm;
const WEB = /^(?:https?|mailto|jsr|npm):/;
/** A path below a folder of the repository, as in `channel/core.ts`. */
const PATH = /^[\w.-]+\/(?:[\w.-]+\/)*(?:[\w-]+(?:\.[\w-]+)*\.(?:[cm]?[jt]s|json|md|py|svg|yml))?$/;

/** A sentence for each broken link of the repository's Markdown files. */
export async function findBrokenLinks(): Promise<string[]> {
  const files = await listFiles(ROOT, () => true);
  const pages = new Map<string, string>();
  for (const file of files.filter((path) => path.endsWith(".md"))) {
    pages.set(file, await Deno.readTextFile(new URL(file, ROOT)));
  }
  return findBroken(pages, placesOf(files));
}

/** The files and every folder above them. */
export function placesOf(files: readonly string[]): Places {
  const places = new Set(["", ...files]);
  for (const file of files) {
    for (let end = file.indexOf("/"); end >= 0; end = file.indexOf("/", end + 1)) {
      places.add(file.slice(0, end + 1));
    }
  }
  return places;
}

/** A sentence for each broken link of `pages`, which maps the path of a page to its text. */
export function findBroken(pages: ReadonlyMap<string, string>, places: Places): string[] {
  const found: string[] = [];
  for (const [page, text] of pages) {
    const prose = text.replace(FENCE, blank);
    for (const { target, line } of linksOf(prose)) {
      const fault = faultOf(target, page, pages, places);
      if (fault) found.push(`${page}:${line}: ${target}: ${fault}`);
    }
    for (const { path, line } of pathsOf(prose)) {
      if (!isKnown(path, places)) found.push(`${page}:${line}: \`${path}\` does not exist`);
    }
  }
  return found;
}

/** The anchors that GitHub gives the headings of a page. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of text.replace(FENCE, blank).matchAll(HEADING)) {
    const slug = slugOf(heading);
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

function slugOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}

function linksOf(prose: string): { target: string; line: number }[] {
  const text = prose.replace(CODE_SPAN, blank);
  return Array.from(text.matchAll(LINK), ({ 1: inline, 2: reference, index }) => ({
    target: inline ?? reference ?? "",
    line: lineAt(text, index),
  }));
}

function pathsOf(prose: string): { path: string; line: number }[] {
  return Array.from(prose.matchAll(CODE_SPAN), ({ 2: path = "", index }) => ({
    path,
    line: lineAt(prose, index),
  })).filter(({ path }) => PATH.test(path));
}

/** Whether the path exists. One that begins with no folder of ours is somebody else's. */
function isKnown(path: string, places: Places): boolean {
  return places.has(path) || !places.has(path.slice(0, path.indexOf("/") + 1));
}

function faultOf(
  target: string,
  page: string,
  pages: ReadonlyMap<string, string>,
  places: Places,
): string | undefined {
  if (WEB.test(target)) return undefined;
  if (target.startsWith("/")) return "must be relative: JSR takes / for its own root";
  const [file = "", anchor] = decodeURI(target).split("#", 2);
  const path = file === "" ? page : resolve(file, page);
  if (path === undefined) return "leads out of the repository";
  if (!places.has(path) && !places.has(`${path}/`)) return `${path} does not exist`;
  if (anchor === undefined) return undefined;
  const text = pages.get(path);
  if (text === undefined) return `${path} has no headings`;
  return anchorsOf(text).has(anchor) ? undefined : `${path} has no heading #${anchor}`;
}

/** The path of `file` as seen from `page`; nothing if it leads above the repository. */
function resolve(file: string, page: string): string | undefined {
  const parts = page.split("/").slice(0, -1);
  for (const part of file.split("/")) {
    if (part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

/** Spaces in place of text, so that lines keep their numbers. */
function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
