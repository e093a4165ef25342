/** A progress bar on stderr, where that is a terminal. */

const REDRAW_MS = 100;
const BAR_COLUMNS = 30;
/** A file takes time beyond that for its bytes: about as long as these would. */
const BYTES_IN_TIME_OF_OPENING = 64 * 1024;
const ERASE_LINE = "\r\x1b[K";

/** Shows how much is done; nothing at all where stderr is no terminal. */
export class ProgressBar implements Disposable {
  readonly #total: { files: number; bytes: number };
  readonly #shown = Deno.stderr.isTerminal();
  readonly #start = performance.now();
  #drawn = 0;
  #files = 0;
  #bytes = 0;

  /** Shows that nothing is done yet. */
  constructor(total: { files: number; bytes: number }) {
    this.#total = total;
    this.#draw();
  }

  /** A file of `bytes` is done. */
  advance(bytes: number): void {
    this.#files++;
    this.#bytes += bytes;
    if (performance.now() - this.#drawn >= REDRAW_MS) this.#draw();
  }

  /** Takes the bar off the screen. */
  [Symbol.dispose](): void {
    this.#write(ERASE_LINE);
  }

  #draw(): void {
    this.#drawn = performance.now();
    const { files, bytes } = this.#total;
    const part = Math.min(work(this.#files, this.#bytes) / Math.max(work(files, bytes), 1), 1);
    const full = Math.floor(part * BAR_COLUMNS);
    const bar = "#".repeat(full).padEnd(BAR_COLUMNS, "-");
    const seconds = (this.#drawn - this.#start) / 1000;
    const speed = seconds > 0 ? this.#bytes / 1e6 / seconds : 0;
    const percent = `${Math.floor(part * 100)}%`.padStart(4);
    const line = `[${bar}]${percent}  ${this.#files}/${files} files  ${speed.toFixed(0)} MB/s`;
    this.#write(ERASE_LINE + line.slice(0, columns() - 1));
  }

  #write(text: string): void {
    if (this.#shown) Deno.stderr.writeSync(new TextEncoder().encode(text));
  }
}

function work(files: number, bytes: number): number {
  return bytes + files * BYTES_IN_TIME_OF_OPENING;
}

function columns(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80; // stdin, stdout and stderr are not all terminals
  }
}
