/**
 * Bounds the size of files and of rooms: who looks for something reads one file and one folder.
 */
import { listFiles } from "./files.ts";
import { ROOT } from "./paths.ts";
import { isProduct, roomOf } from "./rooms.ts";

const MAX_FILE_LINES = 260;
/** Of all lines of the product. */
const MAX_ROOM_SHARE = 0.2;

/** Returns the number of lines of each file of the product. */
export async function readSizes(): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const path of await listFiles(ROOT, isProduct)) {
    const text = await Deno.readTextFile(new URL(path, ROOT));
    sizes.set(path, text.split("\n").length - 1);
  }
  return sizes;
}

/** Returns a sentence for each file and each room that is too large. */
export function findOversized(sizes: ReadonlyMap<string, number>): string[] {
  const found: string[] = [];
  const rooms = new Map<string, number>();
  let total = 0;
  for (const [path, lines] of sizes) {
    const room = roomOf(path);
    total += lines;
    rooms.set(room, (rooms.get(room) ?? 0) + lines);
    if (lines > MAX_FILE_LINES) {
      found.push(`${path} has ${lines} lines: split it by subject, ${MAX_FILE_LINES} is the most`);
    }
  }
  for (const [room, lines] of rooms) {
    if (lines < MAX_ROOM_SHARE * total) continue;
    const [share, most] = [lines / total, MAX_ROOM_SHARE].map((part) => Math.round(part * 100));
    found.push(`${room}/ holds ${share} % of all lines: split it by question, below ${most} %`);
  }
  return found;
}
