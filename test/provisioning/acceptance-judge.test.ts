import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { bonaFide, type LightSeen, type Presented } from "../../kiosk/core/acceptance.ts";
import { signJws } from "../../kiosk/core/jws.ts";
import { kidOf, type PublicJwk } from "../../kiosk/core/kid.ts";
import type { Draft } from "../../provisioning/acceptance/draft.ts";
import { emptyDraft, sameClock } from "../../provisioning/acceptance/draft.ts";
import { judge, seenTodo } from "../../provisioning/acceptance/judge.ts";
import { acceptancePage } from "../../provisioning/acceptance/page.ts";
import { hashOf, prove, sealed } from "../../provisioning/acceptance/seal.ts";
import { speciesIn, worstOf } from "../../provisioning/acceptance/spoof.ts";
import { proportionOf } from "../../provisioning/eval/proportion.ts";

/** What is made of measurements: verdicts, counts with their intervals, advice, and the signed page. */

const by = `o_${"a".repeat(20)}`;
const facts: Draft["facts"] = {
  ...{ by, device: `k${"1".repeat(20)}`, kid: "kid", tenant: "acme", site: "blr-01", place: "Gate <2>" },
  ...{ release: "1.0.0", node: "v26", spaceId: "space", receiver: "payroll", isSimulated: false, canCut: false },
  ways: ["badge", "face"],
  models: [{ kind: "pad", file: "pad.onnx", sha256: "ab".repeat(32) }],
  thresholds: { liveMin: 0.2, liveSure: 0.4, challengeShare: 0.05, lookMs: 8_000, challengeMs: 6_000 },
};
const seen = (more: Partial<NonNullable<LightSeen["lit"]>> = {}): LightSeen => ({
  ...{ of: "light", pictures: 24, faces: 22, good: 20, problems: { turned: 2 } },
  lit: { luma: 140, contrast: 40, behind: 130, sharpness: 90, ...more },
  box: { x: 0.4, y: 0.4, width: 0.2, height: 0.25 },
});
const at = (hour: number): string => `2026-11-22T${String(hour).padStart(2, "0")}:00:00.000Z`;
const shown = (species: string, is: Presented["is"], why = "score"): Draft["presentations"][number] => ({
  ...{ at: at(9), by },
  seen: { of: "present", species, is, why, score: is === "no-response" ? null : 0.5, asked: 0, tookMs: 1_000 },
});
const times = <T>(count: number, make: () => T): readonly T[] => Array.from({ length: count }, make);

const punch = (seq: number) => ({ epoch: 1, seq, rh: "h", methods: ["card"], utcMs: 0, flags: [] });
const receipts = { of: "receipts" as const, receipted: 1, wanted: 1, online: true, receiver: "payroll", tookMs: 900 };
const watched = (seq: number) => ({ of: "watch" as const, punch: punch(seq), others: 0, online: true });
const way = (seq: number) => ({ at: at(9), by, watched: watched(seq), receipts });

const whole: Draft = {
  ...emptyDraft(facts),
  lights: [7, 12, 17].map((hour) => ({ at: at(hour), by, seen: seen() })),
  seated: { at: at(9), by, seen: seen() },
  standing: { at: at(9), by, seen: seen() },
  reach: {
    ...{ at: at(9), by, topMm: 1_200, bottomMm: 900, readerMm: 1_090, floorWideMm: 800, floorDeepMm: 1_300 },
    isOneHanded: true,
  },
  ways: { badge: way(5), face: way(7) },
  network: {
    ...{ at: at(9), by, wasOffline: true, cameBack: true, punches: [watched(9), watched(11)] },
    receipts: { ...receipts, receipted: 2, wanted: 2 },
  },
  presentations: [
    ...times(10, () => shown(bonaFide, "accepted")),
    ...times(10, () => shown("print", "refused", "not-live")),
  ],
};
const standing = (draft: Draft) => Object.fromEntries(judge(draft).map(({ part, is }) => [part, is]));
const todoOf = (draft: Draft, wanted: string) =>
  judge(draft)
    .find(({ part }) => part === wanted)
    ?.advice.join("\n") ?? "";

test("a site where everything was measured and holds is accepted; an empty one is open everywhere", () => {
  expect(new Set(Object.values(standing(whole)))).toEqual(new Set(["passed"]));
  expect(acceptancePage(whole, at(18))).toContain("This clock was accepted on its wall");
  expect(new Set(Object.values(standing(emptyDraft(facts))))).toEqual(new Set(["open"]));
});

test("three measurements of one noon are one time of day", () => {
  const noon = { ...whole, lights: whole.lights.map((one) => ({ ...one, at: at(12) })) };
  expect(standing(noon).light).toBe("open");
  expect(todoOf(noon, "light")).toContain("1 of 3 times of day");
});

describe("each thing that is wrong with a face says what to change at the site", () => {
  test.each([
    [{ luma: 60, behind: 70 }, /dark \(60 of 255.*lamp in front/],
    [{ luma: 230 }, /too bright.*shade/],
    [{ luma: 100, behind: 190 }, /90 brighter behind.*window/],
    [{ contrast: 5 }, /flat.*clean the lens/],
    [{ sharpness: 12 }, /not sharp.*focus/],
  ])("%j", (lit, sentence) => {
    expect(seenTodo(seen(lit))).toEqual([expect.stringMatching(sentence)]);
  });
  test("nobody seen, and hardly a usable picture", () => {
    expect(seenTodo({ ...seen(), faces: 0, lit: null })).toEqual([expect.stringContaining("No face was found")]);
    const few = { ...seen(), good: 4, problems: { "off-centre": 18 } };
    expect(seenTodo(few)).toEqual([expect.stringMatching(/Only 4 of 22.*stand in the middle \(off-centre\)/)]);
  });
});

test("what is out of reach, not receipted, or lost while the network was away fails its part", () => {
  const { reach, network } = whole;
  if (reach === null || network?.receipts == null) throw new Error("the example is not whole");
  expect(todoOf({ ...whole, reach: { ...reach, topMm: 1_221 } }, "reach")).toContain("1220 mm is the most");
  expect(todoOf({ ...whole, reach: { ...reach, readerMm: 300 } }, "reach")).toContain("380 mm is the least");
  expect(standing({ ...whole, reach: { ...reach, readerMm: 0 } }).reach).toBe("passed");
  const unheard = { ...way(5), receipts: { ...receipts, receipted: 0 } };
  expect(todoOf({ ...whole, ways: { ...whole.ways, badge: unheard } }, "ways")).toContain("nobody receipted it");
  expect(standing({ ...whole, ways: { badge: way(5) } }).ways).toBe("open");
  const lost = { ...network, receipts: { ...network.receipts, receipted: 1 } };
  expect(todoOf({ ...whole, network: lost }, "network")).toContain("1 of 2 punches made offline were not receipted");
  expect(standing({ ...whole, network: { ...network, punches: [watched(9), watched(9)] } }).network).toBe("failed");
  expect(standing({ ...whole, network: { ...network, wasOffline: false, punches: [] } }).network).toBe("failed");
});

test("each species is counted by itself with its exact interval; what was not answered is counted apart; the worst governs", () => {
  const presentations = [
    ...times(9, () => shown(bonaFide, "accepted")),
    shown(bonaFide, "refused", "not-live"),
    ...times(8, () => shown("print", "refused", "not-live")),
    ...times(2, () => shown("print", "accepted")),
    ...times(3, () => shown("phone", "refused", "not-live")),
    ...times(2, () => shown("phone", "no-response", "too-dark")),
  ];
  const all = speciesIn({ ...whole, presentations });
  expect(all.map(({ name, wrong, nonResponse }) => [name, wrong, nonResponse])).toEqual([
    [bonaFide, proportionOf(1, 10), proportionOf(0, 10)],
    ["print", proportionOf(2, 10), proportionOf(0, 10)],
    ["phone", proportionOf(0, 3), proportionOf(2, 5)],
  ]);
  expect(worstOf(all)?.name).toBe("print");
  expect(todoOf({ ...whole, presentations }, "spoof")).toMatch(/print: 2 of 10 were believed.*challengeShare 1/);
  const page = acceptancePage({ ...whole, presentations }, at(18));
  // 2 of 10: the interval of Clopper and Pearson is 2.5 to 55.6 %.
  expect(page).toContain("20.0 % (2 of 10; 2.5 to 55.6 %)");
  expect(page).toContain("2 too-dark");
  expect(page).toContain("weak evidence");
});

test("attacks that were never answered prove nothing, and none refused by ten is told with its bound", () => {
  const mute = [
    ...times(10, () => shown(bonaFide, "accepted")),
    ...times(5, () => shown("print", "no-response", "turned")),
  ];
  expect(standing({ ...whole, presentations: mute }).spoof).toBe("open");
  expect(acceptancePage({ ...whole, presentations: mute }, at(18))).toContain("print: nothing was answered");
  expect(acceptancePage(whole, at(18))).toContain("fewer than 30 % of such presentations");
});

test("a draft of another clock, or of other thresholds, is not gone on with", () => {
  expect(() => sameClock(whole, facts)).not.toThrow();
  expect(() => sameClock(whole, { ...facts, device: `k${"2".repeat(20)}` })).toThrow("another clock");
  const eased = { ...facts, thresholds: { ...facts.thresholds, liveSure: 0.1 } };
  expect(() => sameClock(whole, eased)).toThrow("thresholds");
});

describe("the signed file", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const jwk = publicKey.export({ format: "jwk" }) as PublicJwk;
  const clock = JSON.stringify(jwk);
  const signed = (data: object): string =>
    signJws(
      "lintel-rec+jws",
      JSON.stringify({ source: "urn:lintel:acme:blr-01:k1", time: at(18), epoch: 1, seq: 40, data }),
      { kid: kidOf(jwk), alg: "EdDSA", publicKey, sign: (input) => sign(null, Buffer.from(input), privateKey) },
    ).jws;
  const page = acceptancePage(whole, at(18));
  const data = { act: "acceptance", sub: null, by, detail: "report", out: { n: 20, h: hashOf(page) } };
  const file = sealed(page, signed(data));

  test("is believed as it is, and of nobody else", () => {
    expect(prove(file, clock)).toMatchObject({ epoch: 1, seq: 40, data: { by } });
    const { publicKey: another } = generateKeyPairSync("ed25519");
    expect(() => prove(file, JSON.stringify(another.export({ format: "jwk" })))).toThrow("another key signed it");
  });

  test.each([
    ["one letter", file.replace("accepted on its wall", "Accepted on its wall")],
    ["something behind the end", `${file}<p>and more</p>`],
    ["a second signature", sealed(file, signed({ ...data, out: { n: 20, h: hashOf(page) } }))],
    ["no signature", page],
    ["a record of another act", sealed(page, signed({ ...data, act: "look" }))],
    ["a record of a test", sealed(page, signed({ ...data, detail: "present print" }))],
    ["half a signature", file.replace(/.{20}-->\n$/, "-->\n")],
  ])("%s is refused", (_, changed) => {
    expect(() => prove(changed, clock)).toThrow("this report is not genuine");
  });
});
