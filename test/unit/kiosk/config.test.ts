import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { configJsonSchema, configSchema, kebab, readConfig, variableOf } from "../../../kiosk/config.ts";
import { Fault } from "../../../kiosk/core/fault.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "lintel-config-"));

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
  ])("%j is refused with a sentence that names it", (argv, named) => {
    const fault = faultOf(() => readConfig(argv, {}));
    expect(fault.code).toBe("config-invalid");
    expect(fault.message).toContain(named);
    expect(fault.remedy).not.toBe("");
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
