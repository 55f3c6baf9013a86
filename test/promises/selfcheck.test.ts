import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Config, readConfig } from "../../kiosk/config.ts";
import { compareWays } from "../../kiosk/core/even-ways.ts";
import { retentionClasses } from "../../kiosk/core/retention.ts";
import { factsOf } from "../../provisioning/dpia/facts.ts";
import { htmlOf } from "../../provisioning/dpia/html.ts";
import { dpiaPages } from "../../provisioning/dpia/pages.ts";
import { promises } from "../../provisioning/promises/catalogue.ts";
import { proofsIn } from "../../provisioning/promises/proofs.ts";
import { checkAll, checks } from "../../provisioning/selfcheck/all.ts";
import type { Place } from "../../provisioning/selfcheck/check.ts";
import { openHousehold } from "./household.ts";

/** `lintel selfcheck` on a real state folder, as it is and with something wrong in it; and what `lintel dpia` writes. */

async function folder(): Promise<string> {
  const state = await mkdtemp(join(tmpdir(), "lintel-selfcheck-"));
  onTestFinished(() => rm(state, { recursive: true, force: true, maxRetries: 10 }));
  return state;
}

/** The state folder of a clock that was in use. */
async function usedState(): Promise<string> {
  const state = await folder();
  const household = await openHousehold({ state });
  await household[Symbol.asyncDispose]();
  return state;
}

const configOf = (state: string, ...flags: readonly string[]): Config =>
  readConfig(["--state", state, "--ways", "badge,face", ...flags], {});

const inside: NonNullable<Place["inside"]> = {
  overdue: [],
  faces: { loaded: 3, withoutConsent: 0 },
  keys: "software",
  time: "ntp",
  ways: compareWays({}, "2026-11-23"),
};

async function standings(place: Partial<Place> & { readonly config: Config }) {
  const found = await checkAll({ pid: null, inside, ...place });
  return {
    broken: found.filter(({ is }) => is === "broken").map(({ id }) => id),
    of: (id: string) => found.find((standing) => standing.id === id),
    found,
  };
}

test("O7 IC-33 every promise has an answer: it holds, it does not, or it says that it cannot be seen from here, and how it was looked at", async () => {
  const { found, broken, of } = await standings({ config: configOf(await usedState()) });
  expect(found.map(({ id }) => id)).toEqual(promises.map(({ id }) => id));
  expect(found.filter(({ because, how, sentence }) => because === "" || how === "" || sentence === "")).toEqual([]);
  expect(broken).toEqual([]);
  for (const id of ["EC-6", "EC-9", "S4", "S1", "EC-11", "P3", "L16", "OH-9", "SC-12", "X1"]) {
    expect(of(id), id).toMatchObject({ is: "holds" });
  }
});

test("O7 every id that a check answers, and every id that a test is named by, stands in the catalogue", async () => {
  const known = new Set(promises.map(({ id }) => id));
  expect(known.size, "no id twice").toBe(promises.length);
  expect(checks.flatMap(({ ids }) => ids).filter((id) => !known.has(id))).toEqual([]);
  const proofs = await proofsIn(join(import.meta.dirname, "../.."));
  expect(proofs.length).toBeGreaterThan(50);
  expect(proofs.flatMap(({ ids }) => ids).filter((id) => !known.has(id))).toEqual([]);
});

const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10, ...Buffer.from("JFIF\0\u0001")]);

test("O7 a picture anywhere in the state folder breaks its promise, also deep in another file", async () => {
  const state = await usedState();
  await writeFile(join(state, "x.bin"), Buffer.concat([Buffer.alloc(1024 * 1024 - 5), jpeg]), { mode: 0o600 });
  const { broken, of } = await standings({ config: configOf(state) });
  expect(broken).toEqual(expect.arrayContaining(["EC-6", "SC-10", "P6"]));
  expect(of("EC-6")?.because).toContain("x.bin");
});

test("O7 a name in clear, a file that others may read, and one changed byte of the journal are each found and named", async () => {
  const named = await usedState();
  await writeFile(join(named, "note.json"), '{"displayName":"Canary"}', { mode: 0o600 });
  const clear = await standings({ config: configOf(named) });
  expect(clear.of("OH-5")).toMatchObject({ is: "broken", because: expect.stringContaining("note.json") });
  expect(JSON.stringify(clear.found), "the finding does not repeat what it found").not.toContain("Canary");

  const open = await usedState();
  await chmod(open, 0o755);
  await chmod(join(open, "journal.sqlite"), 0o644);
  expect((await standings({ config: configOf(open) })).of("EC-9")).toMatchObject({ is: "broken" });

  const changed = await usedState();
  const path = join(changed, "journal.sqlite");
  const bytes = await readFile(path);
  const at = bytes.indexOf("eyJ");
  bytes[at + 5] = (bytes[at + 5] ?? 0) ^ 1;
  await writeFile(path, bytes, { mode: 0o600 });
  expect((await standings({ config: configOf(changed) })).of("S4")).toMatchObject({ is: "broken" });
});

test("O7 P3 EC-11 what only the running clock knows is asked of it: a face without consent and data that should be gone break their promises", async () => {
  const config = configOf(await usedState());
  const bad = { ...inside, faces: { loaded: 3, withoutConsent: 1 }, overdue: [{ cls: "visitor", due: 2 }] };
  const { broken, of } = await standings({ config, inside: bad });
  expect(broken).toEqual(expect.arrayContaining(["P3", "L7", "EC-11", "OH-8"]));
  expect(of("OH-8")?.because).toBe("2 of visitor should be gone");
  const silent = await standings({ config, inside: null });
  expect(silent.of("P3")).toMatchObject({ is: "unchecked" });
});

test("O7 X1 SC-5 settings can break promises too: a face as the only way, a broker in clear", async () => {
  const state = await usedState();
  const { broken } = await standings({
    config: configOf(state, "--ways", "face", "--broker", "mqtt://broker.example"),
  });
  expect(broken).toEqual(expect.arrayContaining(["X1", "SC-5"]));
});

test("O7 where there is no state folder nothing is claimed to hold in it", async () => {
  const { of } = await standings({ config: configOf(join(await folder(), "nothing")), inside: null });
  for (const id of ["EC-6", "EC-9", "S1", "S4"]) expect(of(id), id).toMatchObject({ is: "unchecked" });
});

test("IC-33 OH-19 the command exits with 1 when a promise does not hold, and with 0 when all that can be seen do", async () => {
  const state = await usedState();
  const run = () =>
    spawnSync(
      process.execPath,
      ["provisioning/cli.ts", "selfcheck", "--json", "--", "--state", state, "--ways", "badge"],
      {
        encoding: "utf8",
      },
    );
  const good = run();
  expect({ status: good.status, stderr: good.stderr }).toEqual({ status: 0, stderr: "" });
  expect(JSON.parse(good.stdout)).toHaveLength(promises.length);
  await writeFile(join(state, "photo.jpg"), jpeg, { mode: 0o600 });
  expect(run().status).toBe(1);
});

test("P19 the record of processing says what the clock is set to, and names what only the employer knows", async () => {
  const state = await folder();
  const flags = [
    "--broker",
    "mqtts://broker.acme.example:8883",
    "--site",
    "blr-01",
    "--tenant",
    "acme",
    "--keep-days",
    "40",
  ];
  const pages = dpiaPages(await factsOf(configOf(state, ...flags)), "2026-11-23");
  for (const said of ["`acme`", "`blr-01`", "broker.acme.example:8883", "40 days", "yes, TLS", "| visitor |"]) {
    expect(pages).toContain(said);
  }
  for (const cls of retentionClasses) expect(pages).toContain(`| ${cls} |`);
  expect(pages).toContain("No signed policy of the employer is here, so the clock learns no face.");
  const [, blanks = ""] = pages.split("## What is left to fill in");
  expect(blanks).toContain("name of the controller");
  // Every blank in the text is listed, once for each.
  expect(pages.match(/\*\*\[to be filled in/g)?.length).toBe(blanks.match(/^\d+\. /gm)?.length);
  expect(htmlOf(pages, "x")).toContain("<td>visitor</td>");
  const badges = dpiaPages(await factsOf(configOf(state, "--camera", "none", "--ways", "badge,pin")), "2026-11-23");
  expect(badges).toContain("no biometric data are processed by it");
  expect(badges).toContain("No camera is configured: no model is loaded.");
});
