import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { personId } from "../../../kiosk/core/person.ts";
import { makeVerifier } from "../../../kiosk/store/pin-hash.ts";
import { openPins } from "../../../kiosk/store/pins.ts";

const ana = personId("p_00000000000000000ana");
const bo = personId("p_000000000000000000b0");

let directory = "";
let monoMs = 1_000;
let wallMs = Date.UTC(2026, 10, 23, 8);
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "lintel-pins-"));
  monoMs = 1_000;
  wallMs = Date.UTC(2026, 10, 23, 8);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const open = (boot = 1) => openPins({ directory, boot, now: () => ({ utcMs: wallMs, monoMs }) });
const by = (number: string, pin: string) => ({ who: { number }, pin });

describe("a PIN", () => {
  test("AR-9 says who it is after a restart, and stands readable in no file", async () => {
    {
      await using pins = await open();
      await pins.set(ana, { number: "4711", pin: "80325" });
      expect(await pins.check(by("4711", "80325"))).toEqual({ is: "good", person: ana, isDuress: false });
      expect(await pins.check(by("4711", "80326"))).toEqual({ is: "wrong" });
      expect(await pins.check(by("4712", "80325"))).toEqual({ is: "wrong" });
    }
    await using pins = await open();
    expect(await pins.check({ who: { person: ana }, pin: "80325" })).toMatchObject({ is: "good", person: ana });
    expect([...pins.numbers()]).toEqual([[ana, "4711"]]);
    for (const name of await readdir(directory)) {
      const text = (await readFile(join(directory, name))).toString("latin1");
      expect([name, /80325|4711|p_0000/.test(text)]).toEqual([name, false]);
    }
  });

  test("for when somebody forces them works as well, and is told apart", async () => {
    await using pins = await open();
    await pins.set(ana, { number: "4711", pin: "80325", duress: "91436" });
    expect(await pins.check(by("4711", "91436"))).toEqual({ is: "good", person: ana, isDuress: true });
    expect(await pins.check(by("4711", "80325"))).toEqual({ is: "good", person: ana, isDuress: false });
  });

  test.each([
    [{ number: "47", pin: "80325" }],
    [{ number: "4711", pin: "803" }],
    [{ number: "4711", pin: "1234" }],
    [{ number: "4711", pin: "0000" }],
    [{ number: "4711", pin: "4711" }],
    [{ number: "4711", pin: "80a25" }],
    [{ number: "4711", pin: "80325", duress: "80325" }],
    [{ number: "4712", pin: "80325" }],
  ])("like %j is refused in words without its digits", async (wish) => {
    await using pins = await open();
    await pins.set(bo, { number: "4712", pin: "66041" });
    const refusal = await pins.set(ana, wish).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "pin-refused" });
    expect(String(refusal)).not.toMatch(/80325|4711|1234/);
  });

  test("that was taken away says nothing any more", async () => {
    await using pins = await open();
    await pins.set(ana, { number: "4711", pin: "80325" });
    await pins.remove(ana);
    expect(await pins.check(by("4711", "80325"))).toEqual({ is: "wrong" });
  });

  test("of the roster counts until the roster takes it back; one that was set here stays", async () => {
    await using pins = await open();
    await pins.set(bo, { number: "4712", pin: "66041" });
    const verifier = await makeVerifier("4711", "80325", "91436");
    expect(
      await pins.adopt(
        new Map([
          [ana, verifier],
          [bo, "nonsense"],
        ]),
      ),
    ).toBe(1);
    expect(await pins.check(by("4711", "80325"))).toMatchObject({ is: "good", isDuress: false });
    expect(await pins.check(by("4711", "91436"))).toMatchObject({ is: "good", isDuress: true });
    expect(await pins.adopt(new Map())).toBe(0);
    expect(await pins.check(by("4711", "80325"))).toEqual({ is: "wrong" });
    expect(await pins.check(by("4712", "66041"))).toMatchObject({ is: "good", person: bo });
  });

  test("is set anew where the file is damaged, and the clock says so", async () => {
    {
      await using pins = await open();
      await pins.set(ana, { number: "4711", pin: "80325" });
    }
    await writeFile(join(directory, "pins.sealed"), "rubbish");
    await using pins = await open();
    expect(pins.notice).toMatchObject({ code: "seal-broken" });
    expect(pins.numbers().size).toBe(0);
  });
});

describe("guessing", () => {
  const threeWrong = async (pins: Awaited<ReturnType<typeof open>>, number = "4711") => {
    for (const pin of ["70001", "70002", "70003"]) expect(await pins.check(by(number, pin))).toEqual({ is: "wrong" });
  };

  test("AR-9 waits longer with every mistake, also with the right PIN, and not for others", async () => {
    await using pins = await open();
    await pins.set(ana, { number: "4711", pin: "80325" });
    await pins.set(bo, { number: "4712", pin: "66041" });
    await threeWrong(pins);
    expect(await pins.check(by("4711", "80325"))).toEqual({ is: "wait", forMs: 30_000 });
    expect(await pins.check(by("4712", "66041"))).toMatchObject({ is: "good" });
    monoMs += 30_000;
    expect(await pins.check(by("4711", "70004"))).toEqual({ is: "wrong" });
    expect(await pins.check(by("4711", "80325"))).toEqual({ is: "wait", forMs: 60_000 });
    monoMs += 60_000;
    expect(await pins.check(by("4711", "80325"))).toMatchObject({ is: "good" });
    expect(await pins.check(by("4711", "70005"))).toEqual({ is: "wrong" });
  });

  test("gains nothing by setting the clock, by a new start, or by a reboot", async () => {
    {
      await using pins = await open();
      await pins.set(ana, { number: "4711", pin: "80325" });
      await threeWrong(pins);
      wallMs += 30 * 86_400_000;
      expect(await pins.check(by("4711", "80325"))).toMatchObject({ is: "wait" });
    }
    {
      await using pins = await open();
      monoMs += 10_000;
      expect(await pins.check(by("4711", "80325"))).toEqual({ is: "wait", forMs: 20_000 });
    }
    monoMs = 500;
    await using pins = await open(2);
    expect(await pins.check(by("4711", "80325"))).toEqual({ is: "wait", forMs: 29_500 });
  });

  test("at numbers that nobody has looks the same as at others", async () => {
    await using pins = await open();
    await pins.set(ana, { number: "4711", pin: "80325" });
    await threeWrong(pins, "9999");
    expect(await pins.check(by("9999", "80325"))).toEqual({ is: "wait", forMs: 30_000 });
  });

  test("S9 through many numbers makes the whole clock wait, and a PIN of one's own does not pay for it", async () => {
    await using pins = await open();
    await pins.set(bo, { number: "4712", pin: "66041" });
    for (let n = 0; n < 12; n += 1) {
      expect(await pins.check(by(`5${100 + n}`, "70001"))).toEqual({ is: "wrong" });
      if (n < 11) expect(await pins.check(by("4712", "66041"))).toMatchObject({ is: "good" });
    }
    expect(await pins.check(by("4712", "66041"))).toMatchObject({ is: "wait" });
    monoMs += 15_000;
    expect(await pins.check(by("4712", "66041"))).toMatchObject({ is: "good" });
  });

  test("takes as long for a number that nobody has", async () => {
    await using pins = await open();
    await pins.set(ana, { number: "4711", pin: "80325" });
    const timeOf = async (number: string): Promise<number> => {
      const startMs = performance.now();
      await pins.check(by(number, "70001"));
      return performance.now() - startMs;
    };
    await timeOf("1111");
    const [known, unknown] = [await timeOf("4711"), await timeOf("9999")];
    // Both pay for one slow hash; without it an answer takes well under a tenth of that.
    expect(Math.min(known, unknown)).toBeGreaterThan(Math.max(known, unknown) / 6);
  });

  test("a try that cannot be counted is not made", async () => {
    await using pins = await open();
    await pins.set(ana, { number: "4711", pin: "80325" });
    await rm(directory, { recursive: true, force: true });
    await expect(pins.check(by("4711", "80325"))).rejects.toMatchObject({ code: "state-unwritable" });
  });
});
