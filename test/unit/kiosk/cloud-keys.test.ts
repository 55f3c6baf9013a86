import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCloudKeys } from "../../../kiosk/cloud-keys.ts";
import { Fault } from "../../../kiosk/core/fault.ts";
import { kidOf, type PublicJwk } from "../../../kiosk/core/kid.ts";
import { scratch } from "../../scratch.ts";

const newJwk = (): PublicJwk => {
  const { kty = "", crv = "", x = "" } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  return { kty, crv, x };
};
const p256 = (): PublicJwk =>
  generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" }) as PublicJwk;
const fileOf = (content: unknown): string => {
  const file = join(scratch(), "keys.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
};
const read = (keys: unknown, simple: Partial<Parameters<typeof readCloudKeys>[0]> = {}) =>
  readCloudKeys({
    tenant: "acme",
    receiver: "payroll",
    receiverKey: undefined,
    cloudKeys: keys === undefined ? undefined : fileOf({ keys }),
    ...simple,
  });

describe("keys of the cloud", () => {
  test("have one role and one name each, and receivers a cursor each", async () => {
    const [pay, vault, hr] = [newJwk(), p256(), newJwk()];
    const trust = await read([
      { ...vault, role: "ack", name: "vault", required: false },
      { ...pay, role: "ack", name: "payroll", kid: kidOf(pay), alg: "EdDSA", use: "sig" },
      { ...hr, role: "ros", name: "hr" },
      { ...newJwk(), role: "cmd:dpo", name: "privacy" },
    ]);
    expect(trust.keys.map(({ role, source }) => [role, source])).toEqual([
      ["ack", "urn:lintel:acme:cloud:vault"],
      ["ack", "urn:lintel:acme:cloud:payroll"],
      ["ros", "urn:lintel:acme:cloud:hr"],
      ["cmd:dpo", "urn:lintel:acme:cloud:privacy"],
    ]);
    expect(trust.receiver).toEqual({ name: "payroll", jwk: pay });
    expect(trust.alsoReceivers).toMatchObject([{ name: "vault" }]);
    expect(trust.required).toEqual(["payroll"]);
  });

  test("the simple form and the file together: the same receiver is one, another is another", async () => {
    const [pay, audit] = [newJwk(), newJwk()];
    const simple = { receiverKey: fileOf(pay) };
    const both = await read([{ ...pay, role: "ack", name: "payroll" }], simple);
    expect(both).toMatchObject({ receiver: { name: "payroll" }, alsoReceivers: [], required: ["payroll"] });
    expect(both.keys).toHaveLength(1);
    const two = await read([{ ...audit, role: "ack", name: "audit" }], simple);
    expect(two).toMatchObject({ alsoReceivers: [{ name: "audit" }], required: ["payroll", "audit"] });
    expect(await read(undefined)).toEqual({ keys: [], receiver: null, alsoReceivers: [], required: [] });
  });

  test("where nobody has the name of the screen's receiver, the first required one is it", async () => {
    const keys = [
      { ...newJwk(), role: "ack", name: "archive", required: false },
      { ...newJwk(), role: "ack", name: "wages" },
    ];
    expect(await read(keys)).toMatchObject({ receiver: { name: "wages" }, alsoReceivers: [{ name: "archive" }] });
  });

  const one = newJwk();
  const weak = { kty: "OKP", crv: "Ed25519", x: Buffer.alloc(32).toString("base64url") };
  test.each<[string, unknown, RegExp]>([
    ["a role nobody has", [{ ...one, role: "cmd:all", name: "x" }], /key 1.*no role "cmd:all"/],
    ["no role", [{ ...one, name: "x" }], /`role` is missing/],
    ["a name with spaces", [{ ...one, role: "ack", name: "The Cloud" }], /`name` is missing or wrong/],
    ["a private half", [{ ...one, d: "AAAA", role: "ack", name: "x" }], /private key/],
    ["a weak key", [{ ...weak, role: "ack", name: "x" }], /cannot be used/],
    ["RSA", [{ kty: "RSA", crv: "", x: "", role: "ack", name: "x" }], /cannot be used/],
    ["an optional roster", [{ ...one, role: "ros", name: "x", required: true }], /only a receiver/],
    ["a kid of its own", [{ ...one, role: "ros", name: "x", kid: "my-key" }], /thumbprint/],
    [
      "a key with two roles",
      [
        { ...one, role: "ros", name: "x" },
        { ...one, role: "cfg", name: "x" },
      ],
      /there twice/,
    ],
    [
      "two receivers of one name",
      [one, newJwk()].map((key) => ({ ...key, role: "ack", name: "x" })),
      /two receivers are named x/,
    ],
    ["none that is required", [{ ...one, role: "ack", name: "x", required: false }], /no receiver is required/],
    ["a word instead of a key", ["ack"], /key 1/],
    ["no list", "keys", /no JWKS/],
    ["too many", Array.from({ length: 65 }, () => ({})), /no JWKS/],
  ])("%s is refused with words", async (_, keys, words) => {
    const fault: unknown = await read(keys).catch((error: unknown) => error);
    if (!(fault instanceof Fault)) throw new Error("no Fault came", { cause: fault });
    expect(fault.code).toBe("config-invalid");
    expect(fault.message).toMatch(words);
    expect(fault.message).not.toContain(one.x);
    expect(fault.remedy).toMatch(/\w.*\.$/);
  });

  test("a file that is not there, or no JSON, is named", async () => {
    for (const simple of [{ cloudKeys: "/nowhere" }, { receiverKey: fileOf("{") }]) {
      await expect(read(undefined, simple)).rejects.toThrow(/cannot be read as JSON/);
    }
    await expect(read(undefined, { receiverKey: fileOf({ ...one, d: "x" }) })).rejects.toThrow(/private key/);
  });
});
