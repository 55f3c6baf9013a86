import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { settableFromAfar, settleAfar, weigh } from "../../../kiosk/afar.ts";
import { configSchema } from "../../../kiosk/config.ts";
import { Fault } from "../../../kiosk/core/fault.ts";
import { scratch } from "../../scratch.ts";

const argvWith = (file: object, ...flags: string[]): readonly string[] => {
  const state = scratch();
  writeFileSync(join(state, "config.json"), JSON.stringify(file));
  return ["--state", state, ...flags];
};

describe("settings from afar", () => {
  test("win over the file and the default, not over flag, variable and what the file pins", () => {
    const argv = argvWith({ gate: "File", siteName: "File", lookMs: 900, pinned: ["siteName"] }, "--locale", "de");
    const env = { LINTEL_NAME_MASKING: "none" };
    const wanted = { gate: "Afar", siteName: "Afar", lookMs: 800, locale: "fr", nameMasking: "full", thanksMs: 700 };
    const { config, overruled } = settleAfar(argv, env, wanted);
    expect(config).toMatchObject({
      ...{ gate: "Afar", siteName: "File", lookMs: 800, locale: "de", nameMasking: "none", thanksMs: 700 },
    });
    expect(overruled.toSorted()).toEqual(["locale", "nameMasking", "siteName"]);
  });

  test("say whether they touch the connection, compared with what holds", () => {
    const argv = argvWith({ broker: "mqtts://one.example" });
    expect(weigh(argv, {}, { gate: "A" }, null).touchesNetwork).toBe(false);
    expect(weigh(argv, {}, { broker: "mqtts://two.example" }, null).touchesNetwork).toBe(true);
    expect(weigh(argv, {}, { broker: "mqtts://two.example" }, { broker: "mqtts://two.example" }).touchesNetwork).toBe(
      false,
    );
    expect(weigh(argv, {}, {}, { broker: "mqtts://two.example" }).touchesNetwork).toBe(true);
  });

  const forbidden = Object.keys(configSchema.shape).filter(
    (key) => !(settableFromAfar as readonly string[]).includes(key),
  );
  test.each(forbidden)("%s may not be set", (key) => {
    const fault = faultOf(() => settleAfar(argvWith({}), {}, { [key]: "x" }));
    expect(fault.message).toContain(`${key}: may not be set from afar`);
  });

  test("who this clock is, where its keys and files are, and what it runs are among those", () => {
    const kept = ["tenant", "site", "state", "camera", "reader", "brokerKey", "brokerCa", "brokerPasswordFile"];
    expect(forbidden).toEqual(
      expect.arrayContaining([...kept, "cloudKeys", "receiverKey", "models", "assets", "pinned"]),
    );
  });

  const real = { broker: "mqtts://one.example" };
  test.each<[object, object, string]>([
    [{}, { gait: "A" }, '"gait"'],
    [{}, { gate: 7 }, "gate"],
    [{}, { gate: "" }, "gate"],
    [{}, { timeZone: "Mars/Olympus" }, "timeZone"],
    [{}, { keepDays: 1 }, "keepDays"],
    [{}, { liveMin: 0.9 }, "liveMin"],
    [{ camera: "none" }, { badge: "with-face" }, "badge"],
    [{ gate: "F", pinned: ["gate"] }, { gate: "" }, "gate"],
    [real, { broker: "mqtt://one.example" }, "only TLS"],
    [real, { broker: "embedded" }, "demo"],
    [real, { broker: "http://one.example" }, "broker"],
    [{}, { broker: "mqtts://one.example" }, "demo"],
  ])("a clock with %j refuses %j", (file, wanted, named) => {
    const { code, message } = faultOf(() => settleAfar(argvWith(file), {}, wanted as Record<string, unknown>));
    expect(code).toMatch(/^config-/);
    expect(message).toContain(named);
  });

  test("a pinned setting has to be one", () => {
    expect(faultOf(() => settleAfar(argvWith({ pinned: ["gait"] }), {}, {})).remedy).toContain('"gate"');
  });

  test("lists are written with commas", () => {
    expect(settleAfar(["--groups", "gate,night", "--pinned", "gate"], {}, {}).config).toMatchObject({
      groups: ["gate", "night"],
      pinned: ["gate"],
    });
  });
});

function faultOf(act: () => unknown): Fault {
  try {
    act();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error("no Fault came");
}
