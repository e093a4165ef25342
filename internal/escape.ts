/**
 * Text of others, made harmless to show.
 *
 * @module
 */

/**
 * C0 and C1 controls, the controls of bidirectional text, and Unicode's line ends: what a terminal or a
 * viewer obeys instead of showing it.
 */
const CONTROLS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** The same, except for tabs, line feeds, and what sets colours: `ESC [ … m`. */
// deno-lint-ignore no-control-regex
const CONTROLS_BUT_COLORS = /(\x1b\[[0-9;:]*m|\t|\n)|[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Returns `text` with each control character as `\u` and four hexadecimal digits. JSON stays JSON of
 * the same value.
 */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, escaped);
}

/**
 * Returns output the same way, except that it keeps tabs, line feeds and colours. Line ends of a terminal
 * lose their carriage return.
 */
export function escapeOutput(text: string): string {
  return text.replace(/\r(?=\n|$)/g, "").replace(
    CONTROLS_BUT_COLORS,
    (found, kept) => kept ?? escaped(found),
  );
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
