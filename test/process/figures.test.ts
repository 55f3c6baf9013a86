import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { openFigures } from "../../kiosk/figures/endpoint.ts";
import { openWayBook } from "../../kiosk/store/way-book.ts";
import { runLintel } from "../run-lintel.ts";
import { type Family, parseExposition } from "./exposition.ts";
import { startKiosk } from "./kiosk.ts";

/** The figures of a real clock, as a collector on the same machine gets them. */

const baseUnits =
  /(_total|_seconds|_bytes|_celsius|_info|_records|_punches|_epoch|_sequence|_connected|_trouble|_ratio)$/;

test("O1 SC-12 a running clock counts its punches, times its disk and its receipts, and names nobody", {
  timeout: 120_000,
}, async () => {
  const state = await mkdtemp(join(tmpdir(), "lintel-figures-"));
  await using kiosk = startKiosk(state, "--metrics-port", "0");
  const { url } = await kiosk.line(({ event }) => event === "figures");
  const saved = await kiosk.line(({ event, kind }) => event === "saved" && kind !== undefined, 60_000);
  const scrape = async (): Promise<{ readonly text: string; readonly of: ReadonlyMap<string, Family> }> => {
    const answer = await fetch(String(url));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await answer.text();
    return { text, of: parseExposition(text) };
  };
  const sum = (of: ReadonlyMap<string, Family>, family: string, sample = family): number =>
    (of.get(family)?.samples ?? []).filter(({ name }) => name === sample).reduce((all, { value }) => all + value, 0);

  let found = await scrape();
  // The receipt of the first punch comes a moment later.
  for (let at = 0; at < 100 && sum(found.of, "lintel_receipt_seconds", "lintel_receipt_seconds_count") === 0; at += 1) {
    await delay(100);
    found = await scrape();
  }
  const { of, text } = found;
  expect(sum(of, "lintel_punches_total")).toBeGreaterThanOrEqual(1);
  expect(sum(of, "lintel_receipt_seconds", "lintel_receipt_seconds_count")).toBeGreaterThanOrEqual(1);
  expect(sum(of, "lintel_camera_frames_total")).toBeGreaterThan(10);
  expect(sum(of, "lintel_look_seconds", "lintel_look_seconds_count")).toBeGreaterThan(2);
  expect(sum(of, "lintel_journal_commit_seconds", "lintel_journal_commit_seconds_count")).toBeGreaterThanOrEqual(1);
  expect(sum(of, "lintel_journal_commit_seconds", "lintel_journal_commit_seconds_sum")).toBeGreaterThan(0);
  expect(sum(of, "lintel_journal_head_sequence")).toBeGreaterThanOrEqual(Number(saved.seq));
  expect(sum(of, "lintel_uplink_connected")).toBe(1);
  expect(of.get("lintel_unreceipted_punches")?.samples[0]?.labels).toEqual({ receiver: "payroll" });
  expect(sum(of, "lintel_disk_free_bytes")).toBeGreaterThan(1e6);
  expect(sum(of, "lintel_process_resident_memory_bytes")).toBeGreaterThan(1e7);

  for (const { name } of of.values()) expect(name).toMatch(baseUnits);
  // A person is `p_` and twenty letters, a record and a device name are as long: nothing of the kind is a label.
  expect(String(saved.sub)).toMatch(/^p_/);
  expect(text).not.toContain(String(saved.sub));
  expect(text).not.toMatch(/\b[pvuk]_?[0-9a-z]{20}\b/);

  // Whoever comes by a name of their own, from a page, or for something else, gets nothing.
  const { port } = new URL(String(url));
  const asked = (headers: Record<string, string>, path = "/metrics", method = "GET"): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      request({ port, host: "127.0.0.1", path, method, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on("error", reject)
        .end();
    });
  expect(await asked({})).toBe(200);
  expect(await asked({ host: "evil.example" })).toBe(403);
  expect(await asked({ origin: "https://evil.example" })).toBe(403);
  expect(await asked({ "sec-fetch-site": "cross-site" })).toBe(403);
  expect(await asked({}, "/")).toBe(404);
  expect(await asked({}, "/metrics", "POST")).toBe(405);

  const ways = await runLintel("ways", "--state", state, "--json");
  expect([ways.code, JSON.parse(ways.stdout)]).toEqual([0, { days: 28, ways: [], uneven: [] }]);
  expect((await runLintel("ways", "--state", state)).stdout).toMatch(
    /^The last 28 days:\nface +too few people to tell\n/,
  );

  expect(await kiosk.end()).toEqual({ code: 0, signal: null });
  // Who came was timed as well, and two people are too few to be told of.
  const [day] = Object.values((await openWayBook(state)).get());
  expect(Object.keys(day?.face?.took ?? {})).not.toEqual([]);
  expect(day?.face?.people).toBeLessThan(5);
  expect(of.get("lintel_way_median_seconds")?.samples ?? []).toEqual([]);
  await rm(state, { recursive: true, force: true, maxRetries: 10 });
});

test("nothing beyond the loopback is served, and a taken port is said", async () => {
  const readings = {
    version: "0",
    journal: { head: () => ({ epoch: 1, seq: 0, rh: "" }), cursor: () => ({ epoch: 0, seq: -1 }), waiting: () => 0 },
    receivers: [],
    uplink: () => ({ online: false, waiting: 0, receipted: null, receiver: "", trouble: null }),
    condition: () => ({}),
    nowUtcMs: () => 0,
    directory: tmpdir(),
    certificateFile: undefined,
    owedSince: () => null,
    ways: () => ({ days: 28, ways: [], uneven: [] }),
  };
  await expect(openFigures({ ...readings, port: 0, host: "0.0.0.0" })).rejects.toMatchObject({
    code: "config-invalid",
  });
  await using first = await openFigures({ ...readings, port: 0 });
  const port = Number(new URL(String(first.url)).port);
  await expect(openFigures({ ...readings, port })).rejects.toMatchObject({ code: "port-taken" });
  expect((await openFigures({ ...readings, port: null })).url).toBeNull();
});

test("what a collector would skip in silence is found", () => {
  const head = "# HELP a_total A.\n# TYPE a_total counter\n";
  expect(parseExposition(`${head}a_total{x="y"} 1\n`).get("a_total")?.samples).toHaveLength(1);
  for (const bad of [
    `${head}a_total 1`,
    `${head}a_total{x=y} 1\n`,
    `${head}b 1\n`,
    `${head}a_total 1\na_total 2\n`,
    "a 1\n",
  ]) {
    expect(() => parseExposition(bad), bad).toThrow();
  }
});
