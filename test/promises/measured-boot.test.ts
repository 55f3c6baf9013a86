import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFailed, test } from "vitest";
import { cardHasher, cardText } from "../../kiosk/core/card.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { makeVerifier } from "../../kiosk/store/pin-hash.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { brokers } from "../contract/broker-parts.ts";
import { lintel, tapWire } from "../process/cloud-side.ts";
import { startKioskIn } from "../process/kiosk.ts";
import { punchByPin, until } from "../process/pin-punch.ts";
import { startReceiver } from "../receiver/receiver-process.ts";
import { runLintel } from "../run-lintel.ts";
import { scratch } from "../scratch.ts";
import { startTpm } from "../software-tpm.ts";
import {
  ann,
  bob,
  bootsOtherwise,
  credentialsIn,
  enrolBoth,
  lay,
  opened,
  openStores,
  sealedTo,
} from "./measured-world.ts";

test("S2 what a TPM sealed to how the machine starts opens after the same start, and neither after another nor with another machine's TPM", {
  timeout: 120_000,
}, async () => {
  const [tpm, other] = [await startTpm(), await startTpm()];
  const secret = randomBytes(32);
  const sealed = join(scratch(), "lintel.kek");
  writeFileSync(sealed, await sealedTo(tpm, secret, 7));
  expect(await opened(tpm, sealed)).toEqual(secret);
  await expect(opened(other, sealed)).rejects.toThrow();
  await bootsOtherwise(tpm);
  await expect(opened(tpm, sealed)).rejects.toThrow("policy digest does not match");
});

test("S2 a clock whose machine started otherwise opens no template, counts badge and PIN, says why, forgets whom it must, and has everybody else again when it starts as before", {
  timeout: 240_000,
}, async () => {
  const openMosquitto = brokers.find(([name]) => name === "mosquitto")?.[1];
  if (openMosquitto === undefined) throw new Error("the table of brokers has no mosquitto");
  await using broker = await openMosquitto();
  const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
  const folder = scratch();
  const at = (name: string): string => join(folder, name);
  const [state, store, socket] = [at("state"), `sqlite:${at("store.sqlite")}`, at("reader")];
  const { device, publicJwk } = await openSigner(state);
  const source = `urn:lintel:acme:north:${device}`;
  writeFileSync(at("devices"), JSON.stringify({ source, jwk: publicJwk }));
  const siteKey = randomBytes(32);
  const card = cardText("card:4711081500");
  writeFileSync(at("card.key"), siteKey.toString("hex"));
  const cards = [cardHasher(siteKey)(card)];
  const items = [
    { id: ann, item: { st: "active", cards, dn: "Ann", pin: await makeVerifier("4711", "839201") } },
    { id: bob, item: { st: "active", cards: [], dn: "Bob" } },
  ];
  writeFileSync(at("roster"), items.map((item) => `${JSON.stringify(item)}\n`).join(""));
  const settings = { broker: brokerUrl, cloudKeys: at("cloud.json"), tenant: "acme", site: "north", thanksMs: 400 };
  const ways = { ways: ["face", "badge", "pin"], duplicateWindowMs: 0, reader: `sim:${socket}`, camera: "none" };
  writeFileSync(at("kiosk.json"), JSON.stringify({ ...settings, ...ways }));
  await using wire = await tapWire(brokerUrl);
  await using receiver = startReceiver(
    ...["--broker", brokerUrl, "--sink", store, "--devices", at("devices"), "--keys", at("keys.json")],
    ...["--cloud-keys", at("cloud.json"), "--roster", at("roster")],
  );
  await receiver.says("Receiving as payroll");
  const badges = randomBytes(32);
  const asBefore = credentialsIn(at("as-before"), { "lintel.kek": randomBytes(32), "lintel.badges": badges });
  const otherwise = credentialsIn(at("otherwise"), { "lintel.badges": badges });
  await enrolBoth(state, at("as-before"));

  const live = async (
    env: Readonly<Record<string, string>>,
    flags: readonly string[],
    life: (url: string, said: () => string) => Promise<void>,
  ): Promise<void> => {
    await using clock = startKioskIn(env, state, "--config", at("kiosk.json"), "--camera", "none", ...flags);
    onTestFailed(
      () => void process.stderr.write(`${clock.lines.map(({ msg }) => msg).join("\n")}\n${clock.stderr()}\n`),
    );
    const before = wire.statuses.length;
    const url = await clock.url();
    await until(() => wire.statuses.slice(before).some(({ ros }) => (ros?.v ?? 0) > 0), "a roster");
    await life(url, () => clock.lines.map(({ msg, code }) => `${msg} ${code ?? ""}`).join("\n"));
    expect(await clock.end()).toEqual({ code: 0, signal: null });
  };
  const punches = () => wire.events("up/rec").filter(({ type }) => type === "dev.lintel.punch.v1");
  const punchBoth = async (url: string): Promise<void> => {
    const before = punches().length;
    await until(async () => (await punchByPin(url)) === "thanks", "thanks for a PIN");
    await lay(socket, card);
    await until(() => punches().length === before + 2, "both punches at the office");
    expect(
      punches()
        .slice(before)
        .map(({ data }) => data.sub),
    ).toEqual([ann, ann]);
  };
  const sealedFiles = (): string =>
    readdirSync(join(state, "people"))
      .filter((name) => name.endsWith(".sealed") || name === "turn.key" || name === "card.key")
      .map((name) => `${name} ${readFileSync(join(state, "people", name)).toString("hex")}`)
      .join("\n");

  // As it was set up. The site's key of the cards is not needed after this.
  await live(asBefore, ["--card-key", at("card.key")], punchBoth);
  const kept = sealedFiles();

  // Another start: no key, and the people's pieces are worth nothing.
  await live(otherwise, [], async (url, said) => {
    expect(said()).toMatch(/what is sealed about people does not open.*seal-shut/);
    await punchBoth(url);
    expect(sealedFiles(), "nothing that was sealed is touched").toBe(kept);
    const inside = await runLintel("selfcheck", "--state", state);
    expect(inside.stdout).toMatch(/BROKEN SC-11 .*\n.*is not here, so nothing that is sealed can be read/);
    const pin = await runLintel("pin", "set", bob, "--state", state, "--number", "5005", "--json");
    expect(pin.code).not.toBe(0);
    // Somebody who is to be forgotten is forgotten all the same.
    const order = ["--sink", store, "--device", source, "--op", "erase.subject", "--keys", at("keys.json"), "--json"];
    await lintel("command", ...order, "--args", JSON.stringify({ sub: bob }));
    await until(() => wire.events("up/rec").some(({ type }) => type === "dev.lintel.erasure.v1"), "a proof of it");
    expect(readdirSync(join(state, "people")).filter((name) => name.startsWith(bob))).toEqual([]);
  });
  const shut = await openStores(state, at("otherwise"));
  expect(shut.people.templates()).toEqual([]);
  await expect(shut.vault.get(ann, "person")).rejects.toMatchObject({ code: "seal-broken" });
  await shut.close();

  // As before: everybody is known again, but for whom it forgot.
  await live(asBefore, [], async (url, said) => {
    expect(said()).not.toMatch(/seal-/);
    await punchBoth(url);
  });
  const again = await openStores(state, at("as-before"));
  expect(again.people.templates().map(({ person }) => person)).toEqual([ann]);
  await again.close();
  await receiver.end("SIGTERM");
  await using sink = openSqliteSink(at("store.sqlite"));
  expect(await sink.read.ofType("dev.lintel.punch.v1")).toHaveLength(6);
  expect(JSON.parse(await lintel("verify", state, "--json"))).toMatchObject({ firstBad: null });
});
