/** Draws the curves of `growth.ts`. Both axes are logarithmic: a straight slope of 1 is linear growth. */

/** A curve: where it lies, and how high. All are above zero. */
export type Points = readonly (readonly [x: number, y: number])[];

/** A panel of the figure. */
export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly curves: readonly { readonly color: string; readonly points: Points }[];
}

const WIDTH = 360;
const HEIGHT = 230;
const LEFT = 56;
const RIGHT = 24;
const TOP = 40;
const BOTTOM = 36;

/** Draws the panels two by two. `legend` names the colors. */
export function plot(
  panels: readonly Panel[],
  legend: readonly { readonly name: string; readonly color: string }[],
): string {
  const drawn = panels.map((panel, i) =>
    `<g transform="translate(${(i % 2) * WIDTH} ${20 + (i >> 1) * HEIGHT})">${draw(panel)}</g>`
  );
  const height = 20 + Math.ceil(panels.length / 2) * HEIGHT;
  const names = legend.map(({ name, color }, i) =>
    `<text x="${LEFT + i * 200}" y="18" fill="${color}">${name}</text>`
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * WIDTH} ${height}" ` +
    `font-family="sans-serif" font-size="11">\n<rect width="100%" height="100%" fill="white"/>\n` +
    `${[...names, ...drawn].join("\n")}\n</svg>\n`;
}

function draw({ title, unit, curves }: Panel): string {
  const all = curves.flatMap(({ points }) => points);
  const x = axis(all.map(([x]) => x), LEFT, WIDTH - RIGHT);
  const y = axis(all.map(([, y]) => y), HEIGHT - BOTTOM, TOP);
  const bottom = HEIGHT - BOTTOM;
  const lines = curves.map(({ color, points }) => {
    const at = points.map(([px, py]) => `${x.place(px)},${y.place(py)}`);
    const dots = at.map((place) => {
      const [cx, cy] = place.split(",");
      return `<circle cx="${cx}" cy="${cy}" r="2.5" fill="${color}"/>`;
    });
    return `<polyline points="${at.join(" ")}" fill="none" stroke="${color}"/>${dots.join("")}`;
  });
  const ticks = [
    ...x.ticks.map((tick) =>
      `<text x="${x.place(tick)}" y="${bottom + 14}" text-anchor="middle">${short(tick)}</text>`
    ),
    ...y.ticks.map((tick) =>
      `<text x="${LEFT - 5}" y="${y.place(tick) + 4}" text-anchor="end">${short(tick)}</text>` +
      `<path d="M${LEFT} ${y.place(tick)}H${WIDTH - RIGHT}" stroke="#eee"/>`
    ),
  ];
  return `<text x="${LEFT}" y="${TOP - 10}">${title} (${unit})</text>${ticks.join("")}` +
    `<path d="M${LEFT} ${TOP}V${bottom}H${WIDTH - RIGHT}" fill="none" stroke="#888"/>` +
    lines.join("");
}

interface Axis {
  readonly ticks: readonly number[];
  place(value: number): number;
}

/** A logarithmic axis from the power of ten below the least value to the one above the greatest. */
function axis(values: readonly number[], from: number, to: number): Axis {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  return {
    ticks,
    place(value) {
      const share = (Math.log10(value) - low) / (high - low);
      return Math.round((from + share * (to - from)) * 10) / 10;
    },
  };
}

function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6} M`;
  return value >= 1e3 ? `${value / 1e3} k` : `${Number(value.toPrecision(1))}`;
}
