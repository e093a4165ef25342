/**
 * Names of temporary files: `.execnet-<run>-<host>-<pid>-<number>.tmp`.
 *
 * @module
 */

const NAME = /^\.execnet-([0-9a-f]+)-([\w.]*)-(\d+)-(\w+)\.tmp$/;

/** What the name of a temporary tells. */
export interface TemporaryName {
  run: string;
  host: string;
  pid: number;
}

/** Returns the name of a temporary. */
export function temporaryName({ run, host, pid }: TemporaryName, part: number | string): string {
  return `.execnet-${run}-${host}-${pid}-${part}.tmp`;
}

/** Returns what the name tells; undefined if it is no temporary's. */
export function readTemporaryName(name: string): TemporaryName | undefined {
  const [, run, host, pid] = NAME.exec(name) ?? [];
  return run === undefined ? undefined : { run, host, pid: Number(pid) };
}
