import { expect, test } from "vitest";
import { deviateAxis, deviateOf, linearAxis, logAxis } from "../../../provisioning/eval/axes.ts";
import { escaped, table } from "../../../provisioning/eval/markup.ts";
import { barPlot, histogramPlot, linePlot } from "../../../provisioning/eval/plot.ts";

test.each([
  [0.5, 0],
  [0.975, 1.959_964],
  [0.841_344_746, 1],
  [0.001, -3.090_232],
  [1e-5, -4.264_891],
])("half a normal distribution's tables: %d lies %d deviations away", (share, deviations) => {
  expect(deviateOf(share)).toBeCloseTo(deviations, 5);
});

test("axes put values where they belong and nothing beyond their ends", () => {
  const text = String;
  const linear = linearAxis("", 0.9, 1, 0.02, text);
  expect([0.9, 0.95, 1, 2, 0].map(linear.at).map((at) => Math.round(at * 1e6) / 1e6)).toEqual([0, 0.5, 1, 1, 0]);
  expect(linear.ticks).toHaveLength(6);
  const log = logAxis("", 1e-4, 1, text);
  expect(log.at(1e-2)).toBeCloseTo(0.5, 9);
  expect([log.at(0), log.at(1), log.at(-1)]).toEqual([0, 1, 0]);
  expect(log.ticks.map(({ value }) => value)).toHaveLength(5);
  const deviate = deviateAxis("", 0.001, 0.999, [0.0001, 0.01, 0.5], text);
  expect(deviate.at(0.5)).toBeCloseTo(0.5, 9);
  expect([deviate.at(0), deviate.at(1)]).toEqual([0, 1]);
  expect(deviate.ticks).toHaveLength(2);
});

test("a stepped line goes across before it goes up, as rates of few pairs do", () => {
  const axis = linearAxis("", 0, 1, 0.5, String);
  const drawn = linePlot({
    title: "t",
    shape: "half",
    x: axis,
    y: axis,
    lines: [
      {
        name: "l",
        style: 0,
        isStepped: true,
        points: [
          [0, 0],
          [0.5, 1],
          [1, 1],
        ],
      },
    ],
  });
  expect(drawn).toContain('d="M74 368H307V18H540V18"');
});

test("names of folders cannot become markup, in drawings and in tables", () => {
  const nasty = `<img src=x onerror="alert(1)">&`;
  const axis = linearAxis("", 0, 1, 0.5, String);
  const bar = { name: nasty, value: 0.5, interval: [0.1, 0.9], text: nasty, colour: "#000" } as const;
  const markup = [
    barPlot(nasty, axis, [bar]),
    table(nasty, [{ title: nasty, cell: () => nasty }], [1]),
    linePlot({ title: nasty, shape: "half", x: axis, y: axis, lines: [], bars: [{ x: 0.1, text: nasty }] }),
  ].join("");
  expect(markup).not.toContain("<img");
  expect(escaped(nasty)).toBe("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;");
});

test("a histogram is closed at both ends, and a bar without a value shows none", () => {
  const axis = linearAxis("", 0, 1, 0.5, String);
  const series = [{ shares: [0.25, 0.75], colour: "#0B5D43" }];
  const drawn = histogramPlot({ title: "h", shape: "wide", x: axis, y: axis, from: 0, to: 1, series });
  expect(drawn).toMatch(/d="M74 368L74 [\d.]+L[\d.]+ [\d.]+L[\d.]+ [\d.]+L1120 [\d.]+L1120 368Z"/);
  const bar = { name: "none", value: null, interval: [0, 1], text: "", colour: "#000" } as const;
  expect(barPlot("b", axis, [bar])).not.toContain("<rect");
});
