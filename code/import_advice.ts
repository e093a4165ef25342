/**
 * Advice for errors about imports that remote code cannot resolve, and exports in source text.
 *
 * @module
 */

const ADVICE: readonly [message: RegExp, advice: string][] = [
  // Code that is sent as text has no URL that a path could be relative to.
  [
    /relative URL with a cannot-be-a-base base/,
    "code that is sent has no URL of its own: relative imports need a module, as in " +
    'remoteExec(new URL("./x.ts", import.meta.url)), which brings what it imports',
  ],
  [
    /^Import "[^"]*" not a dependency/,
    "names of a deno.json need a module, as in " +
    'remoteExec(new URL("./x.ts", import.meta.url)); otherwise write npm:, jsr: or node: in front',
  ],
  [
    /^Unexpected token 'export'/,
    "source text is the body of a function, which exports nothing: send a module, as in " +
    'remoteExec(new URL("./x.ts", import.meta.url))',
  ],
];

/** Returns advice for the message of a remote error, or `undefined` if it is about something else. */

export function importAdvice(message: string): string | undefined {
  return ADVICE.find(([pattern]) => pattern.test(message))?.[1];
}
