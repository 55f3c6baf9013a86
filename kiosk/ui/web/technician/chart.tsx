import { type Drawn, height, pathOf, runsOf, topOf, width } from "./gauges.ts";

/** As many steps as the clock keeps: a chart that fills up must not look as if time ran faster. */
const steps = 150;

/** One series: its newest value large, what is normal beside it, and the last five minutes under it. */
export function Chart({ of, values }: { of: Drawn; values: readonly (number | null)[] }) {
  const newest = values.findLast((value) => value !== null) ?? null;
  const [least, most] = of.normal;
  const isOff = newest !== null && (newest < least || newest > most);
  const top = topOf(values, of);
  const y = (value: number): number => height - (height * value) / top;
  const told = newest === null ? "not measured" : `${newest.toFixed(of.digits)} ${of.unit}`;
  return (
    <figure class="chart" data-off={isOff}>
      <figcaption>
        <span class="chart-name">{of.name}</span>
        <span class="chart-now">
          {newest === null ? "–" : newest.toFixed(of.digits)} <small>{of.unit}</small>
        </span>
        <span class="chart-normal">
          {newest === null ? "not measured; " : ""}normal {least} to {most}
          {isOff && <b>, is not</b>}
        </span>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={`${of.name}: ${told}`}>
        <rect class="band" x="0" y={y(most)} width={width} height={y(least) - y(most)} />
        {runsOf(values, steps, top).map((run) => (
          <path key={run[0]?.x} d={pathOf(run)} />
        ))}
      </svg>
    </figure>
  );
}
