import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCloudKeys } from "../../kiosk/cloud-keys.ts";
import { readConfig } from "../../kiosk/config.ts";
import { factsOf } from "../../provisioning/dpia/facts.ts";
import { dpiaPages } from "../../provisioning/dpia/pages.ts";
import { type Recipient, recipientsOf } from "../../provisioning/dpia/recipients.ts";
import { newKey } from "../unit/uplink/parts.ts";
import { folder } from "./desk-parts.ts";

/** Who can get what: the map that `lintel dpia` prints follows the settings, and nothing else. */

async function mapOf(state: string, ...flags: readonly string[]): Promise<readonly Recipient[]> {
  const config = readConfig(["--state", state, ...flags], {});
  return recipientsOf(config, await readCloudKeys(config));
}

const whatOf = (map: readonly Recipient[]): readonly string[] =>
  map.flatMap(({ gets }) => gets.map(({ what }) => what));
const membersOf = (map: readonly Recipient[], name: string): readonly string[] =>
  map.flatMap(({ gets }) => gets.filter(({ what }) => what === name).flatMap(({ members }) => members));
const outside = (map: readonly Recipient[]) =>
  map.filter(({ isOutside }) => isOutside).map(({ who, where }) => [who, where]);

test("IC-17 a demo gives nothing away, and each setting adds whom it adds and what it adds to the map of recipients, and no more", async () => {
  const state = await folder();
  expect(outside(await mapOf(state))).toEqual([]);

  const file = join(state, "cloud.json");
  const key = (role: string, name: string) => ({ ...newKey().jwk, role, name });
  await writeFile(
    file,
    JSON.stringify({ keys: [key("ack", "payroll"), key("ack", "access"), key("cmd:ops", "office")] }),
  );
  const real = ["--broker", "mqtts://clock:word@broker.example:8883", "--cloud-keys", file];
  const least = await mapOf(state, ...real);
  expect(outside(least)).toEqual([
    ["message broker (generic5)", "broker.example:8883"],
    ["receiver payroll", "behind the broker"],
    ["receiver access", "behind the broker"],
  ]);
  expect(JSON.stringify(least), "no login").not.toContain("word");
  expect(whatOf(least)).not.toEqual(expect.arrayContaining(["visitor.v1"]));
  expect(whatOf(least)).not.toEqual(expect.arrayContaining(["leave.v1"]));
  const [broker, payroll] = least;
  expect(broker?.gets.map(({ what }) => what)).toContain("roster-item.v1");
  expect(
    payroll?.gets.map(({ what }) => what),
    "names pass down and never up",
  ).not.toContain("roster-item.v1");
  for (const gone of ["data.ev", "data.ev.h", "data.job"]) expect(membersOf(least, "punch.v1")).not.toContain(gone);

  const pub = join(state, "pub.jwk");
  await writeFile(pub, "{}");
  const jobs = JSON.stringify({ jobs: [{ code: "mill", label: "Mill" }] });
  await writeFile(join(state, "jobs.json"), jobs);
  const cases: readonly (readonly [readonly string[], string, string])[] = [
    [["--visitors"], "visitor.v1", "data.host"],
    [["--visitors", "--visitor-key", pub], "visitor.v1", "data.pii"],
    [["--visitors", "--visitor-key", pub], "visitors", "contact"],
    [["--leave"], "leave.v1", "data.from"],
    [["--snapshot", "all", "--snapshot-key-staff", pub, "--snapshot-key-employer", pub], "punch.v1", "data.ev.h"],
    [["--config", join(state, "jobs.json")], "punch.v1", "data.job"],
    [["--support-key", pub], "log lines, redacted, by order", "lines"],
  ];
  for (const [flags, what, member] of cases) {
    expect(membersOf(least, what), what).not.toContain(member);
    expect(membersOf(await mapOf(state, ...real, ...flags), what), flags.join(" ")).toContain(member);
  }
  const hidden = await mapOf(state, ...real, "--visitors", "--visitor-key", pub, "--visitor-contact", "hidden");
  expect(membersOf(hidden, "visitors")).toEqual(["name"]);
  const wide = await mapOf(state, ...real, "--update-from", "https://updates.example/x", "--export-lan", "10.0.0.2:80");
  expect(outside(wide).slice(3)).toEqual([
    ["whoever serves updates", "updates.example"],
    ["each person themselves", "10.0.0.2:80"],
  ]);

  const page = async (...flags: readonly string[]) =>
    dpiaPages(await factsOf(readConfig(["--state", state, ...flags], {})), "2026-11-23");
  const printed = await page(...real);
  for (const { who, where } of least) expect(printed).toContain(`| ${who} | ${where} |`);
  for (const member of membersOf(least, "punch.v1")) expect(printed).toContain(member);
  expect(printed).not.toContain("receivers that they name may be missing");
  expect(await page("--cloud-keys", join(state, "nowhere"))).toContain("receivers that they name may be missing");
});
