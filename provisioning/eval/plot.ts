import type { Axis } from "./axes.ts";
import { escaped } from "./markup.ts";

/** Small drawings for the report: SVG without scripts, fonts or links. Sizes are in the drawing's own units. */

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Ours is drawn boldly; others are told apart by their dashes too, for eyes and printers without colour. */
  readonly style: number;
  /** Rates of finitely many pairs change in steps. */
  readonly isStepped?: boolean;
}

export interface Mark {
  readonly x: number;
  readonly y: number;
}

/** Beside another drawing, or across the page. */
type Shape = "half" | "wide";

export interface LinePlot {
  readonly title: string;
  readonly shape: Shape;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
  readonly marks?: readonly Mark[];
  /** Lines across the plot at these values of x. */
  readonly bars?: readonly { readonly x: number; readonly text: string }[];
}

const widths: Readonly<Record<Shape, number>> = { half: 560, wide: 1_140 };
const height = 430;
const frame = { left: 74, top: 18, right: 20, bottom: 62 };
const innerHeight = height - frame.top - frame.bottom;
const innerWidth = (shape: Shape): number => widths[shape] - frame.left - frame.right;

export const lineStyles = [
  { colour: "#0B5D43", width: 3, dash: "" },
  { colour: "#8A4B00", width: 2, dash: "7 5" },
  { colour: "#16211C", width: 2, dash: "2 4" },
  { colour: "#5C665F", width: 2, dash: "12 4 2 4" },
] as const;

export const styleOf = (at: number): (typeof lineStyles)[number] => lineStyles[at % lineStyles.length] ?? lineStyles[0];

export function linePlot({ title, shape, x, y, lines, marks = [], bars = [] }: LinePlot): string {
  const place = placing(shape, x, y);
  const drawn = lines.map(({ points, style, isStepped }) => {
    const { colour, width, dash } = styleOf(style);
    const d = pathOf(
      points.map(([px, py]) => place(px, py)),
      isStepped ?? false,
    );
    const dashes = dash === "" ? "" : ` stroke-dasharray="${dash}"`;
    return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"${dashes}/>`;
  });
  const barLines = bars.map(({ x: value, text }) => {
    const [px] = place(value, 0);
    return `<line x1="${px}" x2="${px}" y1="${frame.top}" y2="${frame.top + innerHeight}" stroke="#16211C" stroke-dasharray="3 3"/><text x="${round(px + 5)}" y="${frame.top + 14}" class="note">${escaped(text)}</text>`;
  });
  const dots = marks.map(({ x: px, y: py }) => {
    const [cx, cy] = place(px, py);
    return `<circle cx="${cx}" cy="${cy}" r="5" fill="#0B5D43" stroke="#F5F1E8" stroke-width="1.5"/>`;
  });
  return svg(title, shape, [grid(shape, x, y), ...barLines, ...drawn, ...dots]);
}

export interface Histogram {
  readonly title: string;
  readonly shape: Shape;
  readonly x: Axis;
  readonly y: Axis;
  /** Shares of equally wide steps from `from` to `to`. */
  readonly series: readonly { readonly shares: readonly number[]; readonly colour: string }[];
  readonly from: number;
  readonly to: number;
  readonly bars?: LinePlot["bars"];
}

export function histogramPlot({ title, shape, x, y, series, from, to, bars = [] }: Histogram): string {
  const place = placing(shape, x, y);
  const drawn = series.map(({ shares, colour }) => {
    const step = (to - from) / shares.length;
    const points = shares.flatMap((share, at): (readonly [number, number])[] => [
      place(from + at * step, share),
      place(from + (at + 1) * step, share),
    ]);
    const d = pathOf([place(from, 0), ...points, place(to, 0)], false);
    return `<path d="${d}Z" fill="${colour}" fill-opacity="0.22" stroke="${colour}" stroke-width="1.5"/>`;
  });
  const barLines = bars.map(({ x: value, text }, at) => {
    const [px] = place(value, 0);
    // The first is written to the left of its line: two thresholds may stand side by side.
    const [from, anchor] = at === 0 ? [px - 6, "end"] : [px + 6, "start"];
    return `<line x1="${px}" x2="${px}" y1="${frame.top}" y2="${frame.top + innerHeight}" stroke="#16211C" stroke-dasharray="3 3"/><text x="${round(from)}" y="${frame.top + 14}" text-anchor="${anchor}" class="note">${escaped(text)}</text>`;
  });
  return svg(title, shape, [grid(shape, x, y), ...drawn, ...barLines]);
}

export interface Bar {
  readonly name: string;
  /** Null where nothing was judged. */
  readonly value: number | null;
  readonly interval: readonly [low: number, high: number];
  readonly text: string;
  readonly colour: string;
}

/** Lying bars with their intervals, one below the other; the axis is a share. */
export function barPlot(title: string, x: Axis, bars: readonly Bar[]): string {
  const rowHeight = 46;
  const left = 250;
  const width = widths.wide;
  const tall = bars.length * rowHeight + 58;
  const across = width - left - 300;
  const at = (value: number): number => round(left + x.at(value) * across);
  const bottom = bars.length * rowHeight + 8;
  const ticks = x.ticks.map(
    ({ value, text }) =>
      `<line x1="${at(value)}" x2="${at(value)}" y1="4" y2="${bottom}" class="grid"/><text x="${at(value)}" y="${bottom + 20}" text-anchor="middle">${escaped(text)}</text>`,
  );
  const drawn = bars.map(({ name, value, interval: [low, high], text, colour }, row) => {
    const y = row * rowHeight + 14;
    const middle = y + 12;
    const shown =
      value === null
        ? ""
        : `<rect x="${left}" y="${y}" width="${round(Math.max(2, at(value) - left))}" height="24" fill="${colour}"/>` +
          `<path d="M${at(low)} ${middle}H${at(high)}M${at(low)} ${middle - 7}V${middle + 7}M${at(high)} ${middle - 7}V${middle + 7}" stroke="#16211C" stroke-width="2" fill="none"/>`;
    return `<text x="${left - 12}" y="${middle + 5}" text-anchor="end" class="name">${escaped(shortened(name))}</text>${shown}<text x="${left + across + 16}" y="${middle + 5}">${escaped(text)}</text>`;
  });
  const label = `<text x="${left + across / 2}" y="${bottom + 42}" text-anchor="middle" class="label">${escaped(x.label)}</text>`;
  return svgOf(title, width, tall, [...ticks, ...drawn, label].join(""));
}

const shortened = (name: string): string => ([...name].length > 28 ? `${[...name].slice(0, 27).join("")}…` : name);

const placing =
  (shape: Shape, x: Axis, y: Axis) =>
  (px: number, py: number): readonly [number, number] => [
    round(frame.left + x.at(px) * innerWidth(shape)),
    round(frame.top + (1 - y.at(py)) * innerHeight),
  ];

function grid(shape: Shape, x: Axis, y: Axis): string {
  const bottom = frame.top + innerHeight;
  const right = frame.left + innerWidth(shape);
  const xTicks = x.ticks.map(({ value, text }) => {
    const at = round(frame.left + x.at(value) * innerWidth(shape));
    return `<line x1="${at}" x2="${at}" y1="${frame.top}" y2="${bottom}" class="grid"/><text x="${at}" y="${bottom + 20}" text-anchor="middle">${escaped(text)}</text>`;
  });
  const yTicks = y.ticks.map(({ value, text }) => {
    const at = round(frame.top + (1 - y.at(value)) * innerHeight);
    return `<line x1="${frame.left}" x2="${right}" y1="${at}" y2="${at}" class="grid"/><text x="${frame.left - 9}" y="${at + 5}" text-anchor="end">${escaped(text)}</text>`;
  });
  const middle = frame.top + innerHeight / 2;
  const labels =
    `<text x="${frame.left + innerWidth(shape) / 2}" y="${height - 12}" text-anchor="middle" class="label">${escaped(x.label)}</text>` +
    `<text transform="translate(18 ${middle}) rotate(-90)" text-anchor="middle" class="label">${escaped(y.label)}</text>`;
  return [...xTicks, ...yTicks, labels].join("");
}

function pathOf(points: readonly (readonly [number, number])[], isStepped: boolean): string {
  return points
    .map(([x, y], at) => {
      if (at === 0) return `M${x} ${y}`;
      return isStepped ? `H${x}V${y}` : `L${x} ${y}`;
    })
    .join("");
}

const svg = (title: string, shape: Shape, parts: readonly string[]): string =>
  svgOf(title, widths[shape], height, parts.join(""));

const svgOf = (title: string, width: number, height: number, inside: string): string =>
  `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}"><title>${escaped(title)}</title>${inside}</svg>`;

const round = (value: number): number => Math.round(value * 10) / 10;
