import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import type { Finding } from "../../provisioning/doctor/finding.ts";
import { type RealBroker, realBrokers } from "../brokers/brokers.ts";
import { type Cloud, openCloud } from "../brokers/scene.ts";
import { freePort } from "../contract/broker-parts.ts";
import { identity, realClock } from "../unit/uplink/parts.ts";

/** `lintel doctor` at a real mosquitto with mutual TLS and a real receiver, on a clock that somebody set up wrongly. */

const [[, openMosquitto]] = realBrokers;

describe("the way to a receipt", () => {
  const house = new AsyncDisposableStack();
  let broker: RealBroker;
  let cloud: Cloud;
  let state: string;
  let receiverKey: string;

  beforeAll(async () => {
    broker = house.use(await openMosquitto());
    state = mkdtempSync(join(tmpdir(), "lintel-doctor-"));
    house.defer(() => rmSync(state, { recursive: true, force: true }));
    // The name that the broker's certificates are made out to.
    writeFileSync(join(state, "identity.json"), JSON.stringify({ device: identity.device }), { mode: 0o600 });
    const signer = await openSigner(state);
    const life = { identity, signer, clock: realClock, firmware: "0.1.0", boot: 1, isFirstStart: true };
    await using _journal = await openJournal({ directory: state, ...life });
    cloud = house.use(await openCloud(broker, { signer }));
    receiverKey = join(state, "payroll.jwk");
    writeFileSync(receiverKey, JSON.stringify(cloud.receiver.jwk));
  });
  afterAll(() => house.disposeAsync());

  /** @param changes settings that somebody got wrong; null leaves one out. */
  const examine = async (changes: Readonly<Record<string, string | null>> = {}) => {
    const settings: Record<string, string | null> = {
      "--state": state,
      "--tenant": identity.tenant,
      "--site": identity.site,
      "--broker": `mqtts://localhost:${broker.port}`,
      "--broker-ca": broker.pki.file("broker-ca.pem"),
      "--broker-cert": broker.pki.file("device.pem"),
      "--broker-key": broker.pki.file("device.key"),
      "--receiver-key": receiverKey,
      ...changes,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => (value === null ? [] : [name, value]));
    return doctor(flags);
  };

  test("a clock that is set up well hears from its receiver, and nothing is wrong", async () => {
    const { findings, code } = await examine();
    expect(findings.filter(({ is }) => is === "wrong")).toEqual([]);
    const good = findings.filter(({ is }) => is === "good").map(({ about }) => about);
    expect(good).toEqual(expect.arrayContaining(["name", "port", "connection", "listening", "publishing", "receiver"]));
    expect(code).toBe(0);
  });

  const wrongs: readonly (readonly [string, () => Promise<Readonly<Record<string, string | null>>>, string, string])[] =
    [
      [
        "a name that nobody knows",
        async () => ({ "--broker": "mqtts://no-such-broker.invalid:8883" }),
        "name",
        "broker-unreachable",
      ],
      [
        "a port where nobody answers",
        async () => ({ "--broker": `mqtts://localhost:${await freePort()}` }),
        "port",
        "broker-unreachable",
      ],
      [
        "a broker that another authority vouches for",
        async () => ({ "--broker-ca": broker.pki.file("devices-ca.pem") }),
        "connection",
        "broker-refused",
      ],
      ["a certificate past its date", async () => ownPapers("expired"), "certificate", "certificate-expired"],
      ["another clock's certificate", async () => ownPapers("stranger"), "certificate", "broker-refused"],
      [
        "a key of another certificate",
        async () => ({ "--broker-key": broker.pki.file("stranger.key") }),
        "key",
        "config-invalid",
      ],
      [
        "a certificate with another authority's behind it",
        async () => ({ "--broker-cert": chained("broker-ca.pem") }),
        "chain",
        "certificate-chain",
      ],
      [
        "another site's topics, which the access list refuses",
        async () => ({ "--tenant": "other" }),
        "publishing",
        "broker-refused",
      ],
      [
        "a receiver's key that is not the receiver's",
        async () => ({ "--receiver-key": strangerKey() }),
        "receiver",
        "receiver-silent",
      ],
      ["a setting that does not exist", async () => ({ "--brokr": "x" }), "settings", "config-unknown-key"],
    ];
  const ownPapers = (whose: string) => ({
    "--broker-cert": broker.pki.file(`${whose}.pem`),
    "--broker-key": broker.pki.file(`${whose}.key`),
  });
  const chained = (authority: string): string => {
    const file = join(state, `chain-${authority}`);
    const parts = ["device.pem", authority].map((name) => readFileSync(broker.pki.file(name), "utf8"));
    writeFileSync(file, parts.join("\n"));
    return file;
  };
  const strangerKey = () => {
    const file = join(state, "stranger.jwk");
    writeFileSync(
      file,
      JSON.stringify({ kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }),
    );
    return file;
  };

  test.each(wrongs)("%s is found, named, and followed by what to do", async (_, changes, about, code) => {
    const examined = await examine(await changes());
    const wrong = examined.findings.filter(({ is }) => is === "wrong");
    expect(wrong).toEqual([expect.objectContaining({ about, code })]);
    expect(wrong[0]?.remedy?.length).toBeGreaterThan(20);
    expect(examined.findings.at(-1)).toEqual(wrong[0]);
    expect(examined.code).toBe(1);
  });

  test("its own authority behind the certificate is a chain, and nothing is wrong with it", async () => {
    const { findings } = await examine({ "--broker-cert": chained("devices-ca.pem") });
    expect(findings.find(({ about }) => about === "chain")).toMatchObject({ is: "good" });
    expect(findings.filter(({ is }) => is === "wrong")).toEqual([]);
  });

  test("a clock that never ran is told to run first", async () => {
    const fresh = mkdtempSync(join(tmpdir(), "lintel-doctor-"));
    onTestFinished(() => rmSync(fresh, { recursive: true, force: true }));
    mkdirSync(join(fresh, "empty"));
    const { findings } = await examine({ "--state": fresh });
    expect(findings.at(-1)).toMatchObject({ about: "connection", is: "unknown", remedy: "Start the clock once." });
  });

  test("it reads as sentences as well", async () => {
    const { stdout } = await run(["--only", "broker", "--state", state]);
    expect(stdout).toMatch(/^\? {4} +broker +the demo has a broker of its own.*\n +-> Name one with --broker\.$/m);
  });
});

async function doctor(flags: readonly string[]) {
  const { stdout, code } = await run(["--only", "certificate,broker", ...flags, "--json"]);
  return { findings: JSON.parse(stdout) as readonly Finding[], code };
}

function run(flags: readonly string[]): Promise<{ readonly stdout: string; readonly code: number }> {
  const root = join(import.meta.dirname, "../..");
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [join(root, "provisioning/cli.ts"), "doctor", ...flags],
      (_, stdout, stderr) =>
        child.exitCode === null || stdout === ""
          ? reject(new Error(stderr))
          : resolve({ stdout, code: child.exitCode }),
    );
  });
}
