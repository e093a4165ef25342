/** Draws the curve of `scale.ts`. */

/** The totals of a group of some size. */
export interface Point {
  readonly gateways: number;
  /** Milliseconds until all are up. */
  readonly startMs: number;
  /** Milliseconds for one item to each and back. */
  readonly echoMs: number;
  readonly endMs: number;
  readonly mibThere: number;
  readonly mibHere: number;
}

const WIDTH = 360;
const HEIGHT = 220;
const MARGIN = 48;
const CURVES = [
  { title: "start of all (s)", of: ({ startMs }: Point) => startMs / 1_000 },
  { title: "an item to each and back (ms)", of: ({ echoMs }: Point) => echoMs },
  { title: "memory of all gateways (MiB)", of: ({ mibThere }: Point) => mibThere },
  { title: "growth of the initiator (MiB)", of: ({ mibHere }: Point) => mibHere },
] as const;

/** Draws one panel for each curve over the number of gateways. A straight line is linear growth. */
export function plot(points: readonly Point[]): string {
  const panels = CURVES.map(({ title, of }, i) => {
    const x = (i % 2) * WIDTH;
    const y = Math.floor(i / 2) * HEIGHT;
    return `<g transform="translate(${x} ${y})">${panel(points, title, of)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * WIDTH} ${2 * HEIGHT}" ` +
    `font-family="sans-serif" font-size="11">\n` +
    `<rect width="100%" height="100%" fill="white"/>\n${panels.join("\n")}\n</svg>\n`;
}

function panel(points: readonly Point[], title: string, of: (point: Point) => number): string {
  const mostX = Math.max(...points.map(({ gateways }) => gateways));
  const mostY = Math.max(...points.map(of), 0.001);
  const at = (point: Point) => [
    round(MARGIN + point.gateways / mostX * (WIDTH - 2 * MARGIN)),
    round(HEIGHT - MARGIN - Math.max(0, of(point)) / mostY * (HEIGHT - 2 * MARGIN)),
  ];
  const dots = points.map((point) => {
    const [x, y] = at(point);
    return `<circle cx="${x}" cy="${y}" r="2.5" fill="#1f5fa8"/>`;
  });
  const line = points.map((point) => at(point).join(",")).join(" ");
  const [right, bottom, middle] = [WIDTH - MARGIN, HEIGHT - MARGIN, WIDTH / 2];
  return `<text x="${middle}" y="${MARGIN - 16}" text-anchor="middle">${title}</text>` +
    `<path d="M${MARGIN} ${MARGIN}V${bottom}H${right}" fill="none" stroke="#888"/>` +
    `<text x="${MARGIN - 6}" y="${MARGIN + 4}" text-anchor="end">${round(mostY)}</text>` +
    `<text x="${MARGIN - 6}" y="${bottom}" text-anchor="end">0</text>` +
    `<text x="${right}" y="${bottom + 16}" text-anchor="end">${mostX} gateways</text>` +
    `<polyline points="${line}" fill="none" stroke="#1f5fa8"/>${dots.join("")}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
