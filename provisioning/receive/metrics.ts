import type { Gap } from "../../kiosk/uplink/receiver/gaps.ts";

/** What is known of a clock, for a report. */
export interface Heard {
  readonly source: string;
  /** When it last said something of itself, or null. */
  readonly heard: string | null;
  readonly epochs: readonly { readonly epoch: number; readonly upto: number }[];
  readonly gaps: readonly Gap[];
}

const classes = ["pending", "missing", "gone", "declared", "fork"] as const satisfies readonly Gap["class"][];

/** The text form that Prometheus and OpenMetrics scrapers read; through a file, it is what node_exporter collects. */
export function prometheusText(devices: readonly Heard[], nowMs: number): string {
  const lines = devices.flatMap((device) => {
    const of = (kind: Gap["class"]) => device.gaps.filter((gap) => gap.class === kind);
    return classes.flatMap((kind) => {
      const labels = `{source="${device.source}",class="${kind}"}`;
      const records = of(kind).reduce((sum, { from, to }) => sum + to - from + 1, 0);
      const oldestMs = of(kind).reduce((oldest, { sinceMs }) => Math.min(oldest, sinceMs ?? nowMs), nowMs);
      return [
        ["lintel_gap_records", labels, records] as const,
        ["lintel_gap_oldest_seconds", labels, Math.round((nowMs - oldestMs) / 1000)] as const,
      ];
    });
  });
  const heard = devices
    .filter((device) => device.heard !== null)
    .map((device) => {
      const seconds = Math.round(Date.parse(device.heard ?? "") / 1000);
      return ["lintel_heard_timestamp_seconds", `{source="${device.source}"}`, seconds] as const;
    });
  const all = [...lines, ...heard];
  return metrics
    .flatMap(([name, help]) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} gauge`,
      ...all.filter(([of]) => of === name).map(([, labels, value]) => `${name}${labels} ${value}`),
    ])
    .join("\n");
}

const metrics = [
  ["lintel_gap_records", "Records that are not in the store, by class."],
  ["lintel_gap_oldest_seconds", "How long the oldest gap of a class has been known."],
  ["lintel_heard_timestamp_seconds", "When a clock last said something of itself."],
] as const;
