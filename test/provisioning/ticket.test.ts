import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { signJws } from "../../kiosk/core/jws.ts";
import type { PublicJwk } from "../../kiosk/core/kid.ts";
import { checkTicket, isBeforeTicket, readTicket } from "../../kiosk/core/ticket.ts";
import { openCodes } from "../../kiosk/inference/codes.ts";
import { decodePicture } from "../../kiosk/inference/picture.ts";
import { enrolAt, fetchCardKey, fetchTicket } from "../../provisioning/provision/client.ts";
import { signerFrom } from "../../provisioning/receive/signer.ts";
import { openRegistrar } from "../../provisioning/ticket/answer.ts";
import { openBook } from "../../provisioning/ticket/book.ts";
import { pemOf, unpackCertificates } from "../../provisioning/ticket/certificates.ts";
import { codeFile } from "../../provisioning/ticket/code.ts";
import { issueTicket } from "../../provisioning/ticket/issue.ts";
import { pointerText, pointerTo, readPointer } from "../../provisioning/ticket/pointer.ts";
import { openEndpoint } from "../../provisioning/ticket/server.ts";
import { sameWords, sixWords } from "../../provisioning/ticket/words.ts";
import { runLintel } from "../run-lintel.ts";

import { named, openClock, openOffice } from "./ticket-scene.ts";

test("a ticket says what a clock needs, and is itself for no longer than a day, whole, and for one site", async () => {
  const { folder, issue } = await openOffice();
  const { text } = await issue();
  const { ticket, isAnchored } = readTicket(`  ${text.slice(0, 40)}\n${text.slice(40)} `);
  expect({ ticket, isAnchored }).toMatchObject({
    ticket: { tenant: "acme", site: "north", name: "Gate 2", settings: { siteName: "Mill" }, may: ["no-reader"] },
    isAnchored: false,
  });
  expect(readTicket(text, new Map([[folder.signer.kid, folder.signer.publicKey]])).isAnchored).toBe(true);
  const stranger = signerFrom(generateKeyPairSync("ed25519").privateKey).signer;
  const codeOf = (act: () => unknown): unknown => {
    try {
      act();
      return "taken";
    } catch (error) {
      return (error as { readonly code?: unknown }).code;
    }
  };
  expect(codeOf(() => readTicket(text, new Map([[stranger.kid, stranger.publicKey]])))).toBe("ticket-foreign");
  expect(codeOf(() => readTicket(text.slice(0, -4)))).toBe("ticket-invalid");
  expect(codeOf(() => checkTicket(ticket, { site: "south" }, null))).toBe("ticket-foreign");
  expect(codeOf(() => checkTicket(ticket, { tenant: "other" }, null))).toBe("ticket-foreign");
  expect(codeOf(() => checkTicket(ticket, {}, ticket.exp * 1_000))).toBe("ticket-expired");
  expect(codeOf(() => checkTicket(ticket, { tenant: "acme", site: "north" }, ticket.exp * 1_000 - 1))).toBe("taken");
  expect([isBeforeTicket(ticket, 0), isBeforeTicket(ticket, Date.now())]).toEqual([true, false]);
  // Two days, twice good, a setting that weakens the clock, somebody else's key inside: none is a ticket.
  const body = JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString("utf8"));
  for (const change of [
    { exp: body.iat + 2 * 86_400 },
    { uses: 2 },
    { settings: { liveMin: "0" } },
    { caPins: [] },
    { brokers: ["http://localhost"] },
    { key: { ...body.key, x: stranger.publicKey.export({ format: "jwk" }).x } },
    { releaseKeys: [{ ...body.key, d: "A".repeat(43) }] },
    { releaseKeys: [{ kty: "EC", crv: "P-256", x: body.key.x, y: body.key.x }] },
    { releaseKeys: [{ ...body.key, x: "short" }] },
    { releaseKeys: Array(5).fill(body.key) },
    { releaseKeys: { keys: [body.key] } },
  ]) {
    const { jws } = signJws("lintel-tkt+jws", JSON.stringify({ ...body, ...change }), folder.signer);
    expect(
      codeOf(() => readTicket(jws)),
      JSON.stringify(change),
    ).toBe("ticket-invalid");
  }
});

test("a ticket may name who signs updates; one from before says nothing of it, and a secret key gets into none", async () => {
  const { directory, folder } = await openOffice();
  const [release, cloudKeys] = [join(directory, "release.json"), join(directory, "cloud.json")];
  expect((await runLintel("release", "key", "--out", release)).code).toBe(0);
  const keys = JSON.parse(await readFile(join(directory, "release.public.json"), "utf8")).keys;
  const issue = (releaseKeys: string) =>
    issueTicket(folder, { name: "Gate 2", hours: 8, cloudKeys, releaseKeys, isOnline: true });
  const { ticket, text } = await issue(join(directory, "release.public.json"));
  expect(ticket.releaseKeys).toEqual(keys.map(({ kty, crv, x }: PublicJwk) => ({ kty, crv, x })));
  const { releaseKeys: _, ...before } = JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString("utf8"));
  const { jws } = signJws("lintel-tkt+jws", JSON.stringify(before), folder.signer);
  expect(readTicket(jws).ticket.releaseKeys).toEqual([]);
  await expect(issue(release)).rejects.toMatchObject({ code: "key-unusable" });
  await writeFile(release, JSON.stringify({ keys: [JSON.parse(await readFile(release, "utf8"))] }));
  await expect(issue(release)).rejects.toMatchObject({ code: "key-unusable" });
  const flags = ["--name", "Gate 2", "--cloud-keys", cloudKeys, "--release-keys", release];
  const refused = await runLintel("ticket", "new", directory, ...flags);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("(key-unusable)") });
});

test("whatever is changed in a ticket, it is none any more", async () => {
  const { issue } = await openOffice();
  const { text } = await issue();
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom(..."ABCabc019-_."), (place, letter) => {
      fc.pre(text[place] !== letter);
      expect(() => readTicket(text.slice(0, place) + letter + text.slice(place + 1))).toThrow(
        expect.objectContaining({ code: "ticket-invalid" }),
      );
    }),
    { numRuns: 300 },
  );
});

test("AR-3 a ticket is burnt for two keys: they get the same certificate again, and others nothing", async () => {
  const { directory, folder, book, issue } = await openOffice();
  const ticket = named(await issue());
  const [clock, thief] = [await openClock(), await openClock()];
  const registrar = openRegistrar(folder, book);
  const first = await registrar.enrol(await clock.ask(ticket));
  // Another request of the same keys: the answer was lost on the way, and the request is made anew.
  const second = await openRegistrar(folder, openBook(folder)).enrol(await clock.ask(ticket));
  expect(Buffer.from(second.pkcs7).equals(first.pkcs7)).toBe(true);
  expect([first.isAgain, second.isAgain]).toEqual([false, true]);
  await expect(registrar.enrol(await thief.ask(ticket))).rejects.toMatchObject({ code: "ticket-used" });
  // Tomorrow it is still theirs, and a fresh one is too late.
  const tomorrow = openRegistrar(folder, book, () => Date.now() + 86_400_000);
  expect(Buffer.from((await tomorrow.enrol(await clock.ask(ticket))).pkcs7).equals(first.pkcs7)).toBe(true);
  await expect(tomorrow.enrol(await thief.ask(named(await issue())))).rejects.toMatchObject({ code: "ticket-expired" });
  const own = new X509Certificate(Buffer.from(unpackCertificates(first.pkcs7)?.[0] ?? []));
  expect(own.subject).toBe(`CN=${clock.signer.device}`);
  expect(own.checkPrivateKey(createPrivateKey(clock.tlsKey))).toBe(true);
  expect(own.verify(new X509Certificate(folder.authority.certificate.toString("pem")).publicKey)).toBe(true);
  const lines = (await readFile(join(directory, "devices.ndjson"), "utf8")).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { source: `urn:lintel:acme:north:${clock.signer.device}`, jwk: clock.signer.publicJwk },
  ]);
});

test("a name that is known is given to no other key, until somebody accepted that; the ticket is good meanwhile", async () => {
  const { directory, folder, book, issue } = await openOffice();
  const registrar = openRegistrar(folder, book);
  const clock = await openClock();
  await registrar.enrol(await clock.ask(named(await issue())));
  const devices = join(directory, "devices.ndjson");
  const before = await readFile(devices, "utf8");
  const [ticket, board] = [named(await issue()), await openClock(clock.signer.device)];
  await expect(registrar.enrol(await board.ask(ticket))).rejects.toMatchObject({ code: "authority-refused" });
  expect(await book.page(ticket.jti)).toBeNull();
  expect(await readFile(devices, "utf8")).toBe(before);
  // As `lintel replace accept` writes it.
  const line = { source: `urn:lintel:acme:north:${clock.signer.device}`, jwk: board.signer.publicJwk, from: [2, 0] };
  const accepted = `${before}${JSON.stringify(line)}\n`;
  await writeFile(devices, accepted);
  expect((await registrar.enrol(await board.ask(ticket))).device).toBe(clock.signer.device);
  expect(await readFile(devices, "utf8")).toBe(accepted);
});

test("cut between the burning and the answer, the ticket is still for whom it was burnt", async () => {
  const { folder, book, issue } = await openOffice();
  const ticket = named(await issue());
  const [clock, thief] = [await openClock(), await openClock()];
  for (const allowed of [0, 1]) {
    let left = allowed;
    const cut = {
      ...book,
      write: async (page: Parameters<typeof book.write>[0]) => {
        if (left === 0) throw new Error("the power went");
        left -= 1;
        await book.write(page);
      },
    };
    await expect(openRegistrar(folder, cut).enrol(await clock.ask(ticket))).rejects.toThrow("the power went");
  }
  const registrar = openRegistrar(folder, openBook(folder));
  await expect(registrar.enrol(await thief.ask(ticket))).rejects.toMatchObject({ code: "ticket-used" });
  expect(await registrar.enrol(await clock.ask(ticket))).toMatchObject({ device: clock.signer.device });
});

test("who asks twice at once with two keys is given one certificate, and who mixes keys and names none", async () => {
  const { folder, book, issue } = await openOffice();
  const registrar = openRegistrar(folder, book);
  const ticket = named(await issue());
  const [clock, other] = [await openClock(), await openClock()];
  const both = await Promise.allSettled([
    registrar.enrol(await clock.ask(ticket)),
    registrar.enrol(await other.ask(ticket)),
  ]);
  expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  const fresh = named(await issue());
  const [mine, theirs] = [await clock.ask(fresh), await other.ask(fresh)];
  for (const mixed of [
    { ...mine, csr: theirs.csr },
    { ...mine, statement: theirs.statement },
    { ...mine, csr: mine.csr.slice(0, -3) },
    { ...mine, statement: "" },
    { ...mine, statement: (await clock.ask(ticket)).statement },
  ])
    await expect(registrar.enrol(mixed)).rejects.toMatchObject({ code: "authority-refused" });
  const elsewhere = await openOffice("south");
  await expect(openRegistrar(elsewhere.folder, elsewhere.book).enrol(await clock.ask(fresh))).rejects.toMatchObject({
    code: "ticket-foreign",
  });
  expect(await registrar.enrol(mine)).toMatchObject({ isAgain: false });
});

test("over the network: the pointer's ticket, a certificate, the site's card key, and a renewal", async () => {
  const { folder, book, issue } = await openOffice();
  const registrar = openRegistrar(folder, book);
  const told: string[] = [];
  await using endpoint = await openEndpoint({
    ...{ folder, registrar, book, listen: "127.0.0.1", port: 0 },
    enrolled: ({ device }) => told.push(device),
  });
  const read = await issue();
  const pointer = pointerTo(read, endpoint.pin);
  if (pointer === null) throw new Error("this ticket is fetched");
  const here = { ...pointer, base: endpoint.url };
  expect(await fetchTicket(here)).toBe(read.text);
  await expect(fetchTicket({ ...here, pin: "A".repeat(43) })).rejects.toMatchObject({ code: "authority-refused" });
  await expect(fetchTicket({ ...here, hash: "A".repeat(43) })).rejects.toMatchObject({ code: "ticket-invalid" });
  await expect(fetchTicket({ ...here, jti: "A".repeat(22) })).rejects.toMatchObject({ code: "ticket-invalid" });

  const roots = read.ticket.roots.map((root) => pemOf(Buffer.from(root, "base64url")));
  const clock = await openClock();
  const asked = await clock.ask(named(read));
  const der = unpackCertificates(await enrolAt(endpoint.url, roots, asked))?.[0];
  if (der === undefined) throw new Error("a certificate was answered");
  const own = { cert: pemOf(der), key: clock.tlsKey };
  expect(told).toEqual([clock.signer.device]);
  expect(await fetchCardKey(endpoint.url, roots, own)).toBe(await readFile(folder.file("card.key"), "utf8"));
  const stranger = await openClock();
  await expect(enrolAt(endpoint.url, roots, await stranger.ask(named(read)))).rejects.toMatchObject({
    code: "ticket-used",
  });
  const self = await openOffice("south");
  const theirs = await openRegistrar(self.folder, self.book).enrol(await stranger.ask(named(await self.issue())));
  const foreign = { cert: pemOf(unpackCertificates(theirs.pkcs7)?.[0] ?? new Uint8Array()), key: stranger.tlsKey };
  expect(await fetchCardKey(endpoint.url, roots, foreign)).toBeNull();
  // Another authority's root does not vouch for this one.
  const south = [self.folder.authority.certificate.toString("pem")];
  await expect(enrolAt(endpoint.url, south, asked)).rejects.toMatchObject({ code: "authority-refused" });

  const renewed = unpackCertificates(await enrolAt(endpoint.url, roots, await clock.ask(null)))?.[0];
  expect(new X509Certificate(Buffer.from(renewed ?? [])).serialNumber).not.toBe(
    new X509Certificate(Buffer.from(der)).serialNumber,
  );
  await expect(enrolAt(endpoint.url, roots, await stranger.ask(null))).rejects.toMatchObject({
    code: "authority-refused",
  });
  expect(await status(endpoint.url, "POST", "/.well-known/est/simpleenroll", "A".repeat(20_000))).toBe(413);
  expect(await status(endpoint.url, "GET", "/authority.json", "")).toBe(404);
  await expect(enrolAt("https://localhost:9", roots, asked)).rejects.toMatchObject({ code: "authority-unreachable" });
});

const status = (base: string, method: string, path: string, body: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const asking = request(`${base}${path}`, { method, rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asking.on("error", reject);
    asking.end(body);
  });

test("a whole ticket fits no code; its pointer is read by the clock's own reader where it is small, askew and blurred", async () => {
  const { issue } = await openOffice();
  const read = await issue();
  // What the largest code holds at the lowest correction (ISO/IEC 18004).
  expect(read.text.length).toBeGreaterThan(2_953);
  const base = "https://provisioning.north-works.example:8443";
  const pointer = { base, jti: read.ticket.jti, hash: read.hash, pin: "A".repeat(43) };
  const line = pointerText(pointer);
  expect(readPointer(line)).toEqual(pointer);
  const codes = openCodes();
  // A third of the picture's height, as a telephone at an arm's length.
  const code = await sharp(await codeFile(line, "code.png"))
    .resize(170, 170)
    .rotate(12, { background: "#8a8a8a" })
    .toBuffer();
  const frame = sharp({ create: { width: 640, height: 480, channels: 3, background: "#8a8a8a" } });
  const jpeg = await frame
    .composite([{ input: code }])
    .blur(0.7)
    .jpeg({ quality: 70 })
    .toBuffer();
  expect(await codes.read(await decodePicture(jpeg))).toEqual([line]);
});

test("six words follow from every key and the ticket, and are read as people write them", () => {
  const joined = { device: `k${"0".repeat(20)}`, recordX: "x", tlsSpki: new Uint8Array([1, 2, 3]), ticketHash: "h" };
  const words = sixWords(joined);
  expect(words).toHaveLength(6);
  expect(sixWords(joined)).toEqual(words);
  for (const change of [{ device: "k1" }, { recordX: "y" }, { tlsSpki: new Uint8Array([1, 2]) }, { ticketHash: "i" }])
    expect(sixWords({ ...joined, ...change })).not.toEqual(words);
  expect(sameWords(` ${words.join(", ").toUpperCase()}\n`, words)).toBe(true);
  expect(sameWords(words.slice(1).join(" "), words)).toBe(false);
});
