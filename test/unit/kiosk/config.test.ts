import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { configJsonSchema, configSchema, kebab, readConfig, variableOf } from "../../../kiosk/config.ts";
import { Fault } from "../../../kiosk/core/fault.ts";
import { measuredThresholds } from "../../../kiosk/core/risk.ts";
import { policyOf } from "../../../kiosk/policy.ts";
import { scratch } from "../../scratch.ts";

const folder = (): string => scratch();

const faultOf = (act: () => unknown): Fault => {
  try {
    act();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error("no Fault came");
};

describe("settings", () => {
  test("need none: every key has a default or may be absent", () => {
    const config = readConfig(["--state", folder()], {});
    expect(config).toMatchObject({ port: 8080, camera: "auto", broker: "embedded", fresh: false });
  });

  test("a flag wins over a variable, a variable over the file, the file over the default", () => {
    const state = folder();
    writeFileSync(
      join(state, "config.json"),
      JSON.stringify({ $schema: "x", port: 1, gate: "File", siteName: "File" }),
    );
    const env = { LINTEL_PORT: "2", LINTEL_GATE: "Variable", LINTEL_STATE: state, HOME: "/root" };
    expect(readConfig(["--port", "3"], env)).toMatchObject({
      port: 3,
      gate: "Variable",
      siteName: "File",
      locale: "en-GB",
    });
  });

  test.each([
    [() => readConfig(["--prot", "1"], {}), '"prot"', '"port"'],
    [() => readConfig(["--state", folder()], { LINTEL_CAMRA: "auto" }), '"LINTEL_CAMRA"', '"LINTEL_CAMERA"'],
    [
      () => {
        const file = join(folder(), "c.json");
        writeFileSync(file, '{"tymeZone":"Etc/UTC"}');
        return readConfig(["--config", file], {});
      },
      '"tymeZone"',
      '"timeZone"',
    ],
  ])("an unknown key is named, with the nearest valid one", (act, named, nearest) => {
    const fault = faultOf(act);
    expect(fault.code).toBe("config-unknown-key");
    expect(fault.message).toContain(named);
    expect(fault.remedy).toContain(nearest);
  });

  test.each([
    [["--port", "http"], "port"],
    [["--port", "70000"], "port"],
    [["--camera", "webcam"], "camera"],
    [["--time-zone", "Mars/Olympus"], "timeZone"],
    [["--broker", "http://example.org"], "broker"],
    [["--fresh=perhaps"], "fresh"],
    [["--config", "/nowhere/c.json"], "config file"],
    [["stray"], "stray"],
    [["--fpir-target", "0"], "fpirTarget"],
    [["--similarity-min", "often"], "similarityMin"],
    [["--badge", "with-hat"], "badge"],
    [["--live-min", "0.5"], "liveMin"],
    [["--live-sure", "0.1"], "liveMin"],
    [["--badge", "with-face", "--camera", "none"], "badge"],
  ])("%j is refused with a sentence that names it", (argv, named) => {
    const fault = faultOf(() => readConfig(argv, {}));
    expect(fault.code).toBe("config-invalid");
    expect(fault.message).toContain(named);
    expect(fault.remedy).not.toBe("");
  });

  test("become the site's policy: the threshold follows from the risk unless the site has its own", () => {
    const policy = (...argv: string[]) =>
      policyOf(readConfig(["--state", folder(), ...argv], {}), { ...measuredThresholds, verify: 0.42 });
    expect(policy()).toMatchObject({
      liveMin: 0.2,
      liveSure: 0.4,
      challengeShare: 0.05,
      fpirTarget: 0.01,
      similarityMin: null,
      badge: "alone",
      thresholds: { verify: 0.42 },
    });
    const own = ["--similarity-min", "0.7", "--badge", "with-face", "--challenge-share", "1", "--fpir-target", "0.001"];
    expect(policy(...own)).toMatchObject({
      similarityMin: 0.7,
      badge: "with-face",
      challengeShare: 1,
      fpirTarget: 0.001,
    });
  });

  test("have a JSON Schema that names and describes every key", () => {
    const { properties } = configJsonSchema() as { properties: Record<string, { description?: string }> };
    expect(Object.keys(properties)).toEqual(Object.keys(configSchema.shape));
    for (const [key, { description }] of Object.entries(properties)) expect(description, key).toBeTruthy();
  });

  test("are written alike everywhere", () => {
    expect(kebab("brokerPasswordFile")).toBe("broker-password-file");
    expect(variableOf("brokerPasswordFile")).toBe("LINTEL_BROKER_PASSWORD_FILE");
  });
});
