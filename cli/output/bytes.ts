/**
 * Sizes as text.
 *
 * @module
 */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** Returns a number of bytes, such as `1.5 MiB`. */
export function bytesText(bytes: number): string {
  let unit = 0;
  let size = bytes;
  // Above this it would be rounded to 1024.0.
  while (size >= 1023.95 && unit < UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? Math.round(size) : size.toFixed(1)} ${UNITS[unit]}`;
}
