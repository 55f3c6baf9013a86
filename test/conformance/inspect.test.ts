import { expect, test } from "vitest";
import { unpack } from "../../kiosk/uplink/contract/batch.ts";
import { unwrapIngress } from "../../kiosk/uplink/contract/ingress.ts";
import { ownCases, readCases } from "../../provisioning/conform/cases.ts";
import { inspectMessage } from "../../provisioning/conform/inspect.ts";
import { deviceKey, vectors } from "./make/kit.ts";

const punch = vectors.records[1];
if (punch === undefined) throw new Error("no vectors");

test("a token is shown with its header, payload, kid and hash", () => {
  const [one] = inspectMessage(Buffer.from(punch.jws), null);
  expect(one).toMatchObject({
    header: { alg: "EdDSA", kid: deviceKey.kid, typ: "lintel-rec+jws" },
    payload: JSON.parse(punch.payload),
    rh: punch.recordHash,
    kid: deviceKey.kid,
    isGenuine: null,
    wrong: [],
  });
  expect(inspectMessage(Buffer.from(punch.jws), deviceKey.jwk)[0]).toMatchObject({ isGenuine: true, wrong: [] });
});

test("what is wrong is said with its number and in words", () => {
  const broken = `${punch.jws.slice(0, -6)}AAAAAA`;
  expect(inspectMessage(Buffer.from(broken), deviceKey.jwk)[0]?.wrong).toEqual([
    "LU-1006 signature does not verify: signature does not verify",
  ]);
  const [, payload, signature] = punch.jws.split(".");
  const none = `${Buffer.from('{"alg":"none","kid":"x","typ":"lintel-rec+jws"}').toString("base64url")}.${payload}.${signature}`;
  expect(inspectMessage(Buffer.from(none), null)[0]?.wrong.join()).toContain("LU-1004");
  expect(inspectMessage(Buffer.from("hello"), null)[0]?.wrong.join()).toContain("LU-1001");
});

test("of every refused message of the cases it names the same number, and it calls no taken one wrong", () => {
  for (const { kind, name, input, expect: wanted } of readCases(ownCases)) {
    if (kind !== "message" && kind !== "ingress") continue;
    const { bytes, keys, channel = "rec" } = input as { bytes: string; keys: { jwk: object }[]; channel?: string };
    const message = Buffer.from(bytes, "base64");
    const isOurs = JSON.stringify(keys[0]?.jwk) === JSON.stringify(deviceKey.jwk);
    const found = inspectMessage(message, isOurs ? deviceKey.jwk : null);
    const wrong = found.flatMap((one) => one.wrong).join("\n");
    if ("code" in wanted) {
      // Who registered which key for which device, place, topic and channel is nothing that stands in a message.
      const isAboutKeys = found[0]?.kid !== deviceKey.kid || [1004, 1005].includes(wanted.code);
      const isTold = !isAboutKeys || wrong.includes(`LU-${wanted.code}`);
      if (isTold && channel === "rec" && wanted.code !== 1001) expect(wrong, name).toContain(`LU-${wanted.code}`);
    } else if (found.length === 1 && !JSON.stringify(wanted).includes("flaw") && !name.includes("P-256")) {
      expect(wrong, name).toBe("");
    }
  }
  expect(unpack(unwrapIngress(Buffer.from(punch.jws)).bytes).length).toBe(1);
});
