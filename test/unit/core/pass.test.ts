import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Signer, signJws } from "../../../kiosk/core/jws.ts";
import { noPasses, readPass } from "../../../kiosk/core/pass.ts";
import { attentionOf } from "../../../kiosk/core/show.ts";
import { everything, Wall } from "./visit.ts";
import { ana, at, bo, startMs } from "./wall.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const kid = "PassPassPassPass";
const signer: Signer = { kid, alg: "EdDSA", publicKey, sign: (input) => sign(null, Buffer.from(input), privateKey) };
const site = { ...everything, passKeys: [{ kid, key: publicKey }] };

const nowS = Math.floor(startMs / 1_000);
const pass = (change: Readonly<Record<string, unknown>> = {}, by = signer): string =>
  signJws(
    "lintel-pass+jws",
    JSON.stringify({
      aud: "urn:lintel:demo:riverside",
      sub: ana.id,
      kind: "employee",
      iat: nowS,
      exp: nowS + 45,
      jti: randomBytes(16).toString("base64url"),
      ...change,
    }),
    by,
  ).jws;

class Camera extends Wall {
  constructor() {
    super(site);
  }
  show(...codes: readonly string[]): this {
    this.ms += 250;
    const sight = { at: at(this.ms), faces: 0, face: null, codes, enrol: null };
    return this.happen({ kind: "sight", sight, draw: 0.5, at: at(this.ms) });
  }
}

describe("a pass", () => {
  test("punches, once, however long it lies before the camera", () => {
    const shown = pass();
    const wall = new Camera();
    expect(attentionOf(wall.memory, site).codes).toBe(true);
    for (let n = 0; n < 40; n += 1) wall.show(shown).save();
    expect(wall.kept).toMatchObject([{ person: ana.id, methods: ["qr"], flags: [] }]);
  });

  test("that was shown before is told so, to whoever comes with its picture", () => {
    const shown = pass();
    const wall = new Camera().show(shown).save().wait(10_000).show(shown);
    expect(wall.view()).toMatchObject({ at: "refused", why: "pass-used" });
    expect(wall.kept).toHaveLength(1);
  });

  test.each([
    ["too old", { iat: nowS - 100, exp: nowS - 55 }, "pass-late"],
    ["not yet good", { iat: nowS + 100, exp: nowS + 145 }, "pass-late"],
    ["for another site", { aud: "urn:lintel:demo:elsewhere" }, "pass-elsewhere"],
    ["for another tenant", { aud: "urn:lintel:other:riverside" }, "pass-elsewhere"],
    ["of a visitor", { kind: "visitor", sub: "v_00000000000000000eva", exp: nowS + 36_000 }, "pass-visitor"],
    ["of somebody whom nobody knows here", { sub: "p_00000000000000000zzz" }, "pass-elsewhere"],
  ])("%s is answered in words and punches nothing", (_, change, why) => {
    const wall = new Camera().show(pass(change));
    expect(wall.view()).toMatchObject({ at: "refused", why });
    expect(wall.save().kept).toEqual([]);
  });

  test("is good at every site of its tenant where it says so, and beside other codes", () => {
    const wall = new Camera().show("https://example.org/menu", pass({ aud: "urn:lintel:demo:*" })).save();
    expect(wall.view()).toMatchObject({ at: "thanks" });
  });

  test("is taken by a clock that does not know the time, and flagged; older ones than the newest are not", () => {
    const wall = new Camera();
    wall.memory = { ...wall.memory, moment: { clock: { source: "none", errorMs: 1e11, ageS: 0 }, boot: 1 } };
    wall.show(pass({ iat: nowS - 5_000, exp: nowS - 4_955 })).save();
    expect(wall.kept).toMatchObject([{ methods: ["qr"], flags: ["clock-weak"] }]);
    wall.wait(10_000).show(pass({ sub: bo.id, iat: nowS - 6_000, exp: nowS - 5_955 }));
    expect(wall.view()).toMatchObject({ at: "refused", why: "pass-late" });
  });

  test("is the second way beside a badge, and the next person's ends the waiting", () => {
    const rules = [{ accepts: [["badge", "qr"] as const] }];
    const both = new Camera();
    Object.assign(both, { rules: { ...site, rules } });
    both.tap("4711");
    expect(both.view()).toMatchObject({ at: "also", wants: "qr" });
    both.show(pass()).save();
    expect(both.kept).toMatchObject([{ methods: ["card", "qr"], flags: [] }]);
    both.wait(70_000).tap("4711");
    const bos = pass({ sub: bo.id, iat: nowS + 70, exp: nowS + 110 });
    both.show(bos).save().show(bos).save();
    both.touch({ touch: "without" });
    both.wait(60_000).save();
    expect(both.kept.slice(1)).toMatchObject([
      { person: ana.id, flags: ["qr-missing"] },
      { person: bo.id, methods: ["qr"] },
    ]);
  });
});

describe("anything else in a code", () => {
  const stranger = generateKeyPairSync("ed25519");
  const forged: Signer = { ...signer, sign: (input) => sign(null, Buffer.from(input), stranger.privateKey) };
  const hostile = fc.oneof(
    fc.string({ maxLength: 4_096, unit: "binary" }),
    fc.webUrl(),
    fc.constantFrom("javascript:alert(1)", "' or 1=1 --", "..", "a.b.c", "{}", "null", "\u0000", "‮gnol"),
    fc.string().map((text) => pass({}, forged) + text),
    fc.nat(400).map((place) => {
      const good = pass();
      const at = place % good.length;
      return `${good.slice(0, at)}${good[at] === "A" ? "B" : "A"}${good.slice(at + 1)}`;
    }),
    fc
      .record({ exp: fc.constantFrom(nowS + 61, nowS, nowS - 1, 1e20, "soon"), sub: fc.constantFrom("ana", 7, null) })
      .map((change) => pass(change)),
    fc.dictionary(fc.string(), fc.jsonValue()).map((body) => {
      try {
        return signJws("lintel-pass+jws", JSON.stringify(body), signer).jws;
      } catch {
        return "";
      }
    }),
  );

  test("leaves no trace: no punch, no view, no memory of it", () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), (codes) => {
        const wall = new Camera();
        const before = JSON.stringify([wall.view(), wall.memory.passes, wall.memory.answeredCode]);
        wall.show(...codes);
        expect(wall.effects).toEqual([]);
        expect(JSON.stringify([wall.view(), wall.memory.passes, wall.memory.answeredCode])).toBe(before);
      }),
      { numRuns: 400 },
    );
  });

  test("is nothing without a key, and longer than a minute is no employee's pass", () => {
    const rules = { tenant: "demo", site: "riverside", keys: [] };
    expect(readPass(pass(), rules, noPasses, at(0), true)).toEqual({ is: "nothing" });
    const whole = { ...rules, keys: site.passKeys };
    expect(readPass(pass({ exp: nowS + 61 }), whole, noPasses, at(0), true)).toEqual({ is: "nothing" });
    expect(readPass(pass({ exp: nowS + 60 }), whole, noPasses, at(0), true)).toMatchObject({ is: "employee" });
  });
});
