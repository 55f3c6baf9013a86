import { X509Certificate } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { type Signer, signJws } from "../../kiosk/core/jws.ts";
import { enrolAt } from "../../provisioning/provision/client.ts";
import { type Asked, openRegistrar } from "../../provisioning/ticket/answer.ts";
import { readRequestText, requestText } from "../../provisioning/ticket/by-hand.ts";
import { pemOf, unpackCertificates } from "../../provisioning/ticket/certificates.ts";
import { openEndpoint } from "../../provisioning/ticket/server.ts";
import { named, openClock, openOffice } from "./ticket-scene.ts";

/** After `key.rotate`: what the authority of the tickets believes of a clock that signs by another key. */

test("S10 a clock whose key was changed is renewed by the records that say so, and the key before is nobody's any more", async () => {
  const { folder, book, issue } = await openOffice();
  const registrar = openRegistrar(folder, book);
  await using endpoint = await openEndpoint({
    ...{ folder, registrar, book, listen: "127.0.0.1", port: 0 },
    enrolled: () => {},
  });
  const read = await issue();
  const roots = read.ticket.roots.map((root) => pemOf(Buffer.from(root, "base64url")));
  const renew = (asked: Asked): Promise<unknown> =>
    enrolAt(endpoint.url, roots, asked).then(
      (pkcs7) => new X509Certificate(unpackCertificates(pkcs7)?.[0] ?? new Uint8Array()).subject,
      ({ code }) => code,
    );
  const clock = await openClock();
  const ours = `CN=${clock.signer.device}`;
  await enrolAt(endpoint.url, roots, await clock.ask(named(read)));
  // The whole disk, before anything changed: whoever has it has the first key.
  const thief = await openClock(undefined, clock.state);

  await clock.changeKey("o1");
  const asked = await clock.ask(null);
  expect(await renew({ ...asked, succession: [] }), "nobody is believed for saying so").toBe("authority-refused");
  const [link = ""] = asked.succession ?? [];
  const bent = `${link.slice(0, -4)}AAAA`;
  expect(await renew({ ...asked, succession: [bent, "", "x.y.z"] })).toBe("authority-refused");
  const other = await openClock();
  await other.changeKey("o1");
  const theirs = (await other.ask(null)).succession ?? [];
  expect(await renew({ ...asked, succession: theirs })).toBe("authority-refused");
  expect(await renew(asked)).toBe(ours);
  expect(await renew(await clock.ask(null)), "and again").toBe(ours);

  // What the first key signs is worth nothing now: no request, and no heir.
  expect(await renew(await thief.ask(null))).toBe("authority-refused");
  await thief.changeKey("o9");
  expect(await renew(await thief.ask(null))).toBe("authority-refused");

  // Two changes that the authority has not heard of; and strangers' links among them change nothing.
  await clock.changeKey("o2");
  await clock.changeKey("o3");
  const later = await clock.ask(null);
  expect(later.succession).toHaveLength(3);
  expect(await renew({ ...later, succession: [...theirs, ...(later.succession ?? [])] })).toBe(ours);
  expect(await renew(asked), "a request of before").toBe("authority-refused");
  expect((await book.pages()).map(({ kid }) => kid)).toEqual([clock.signer.kid]);
});

test("S10 one key that was given up for two others is said, to the clock and to the authority, and neither gets anything new by it", async () => {
  const { folder, book, issue } = await openOffice();
  const registrar = openRegistrar(folder, book);
  const told: string[] = [];
  await using endpoint = await openEndpoint({
    ...{ folder, registrar, book, listen: "127.0.0.1", port: 0 },
    ...{ enrolled: () => {}, refused: ({ message }: { readonly message: string }) => told.push(message) },
  });
  const read = await issue();
  const roots = read.ticket.roots.map((root) => pemOf(Buffer.from(root, "base64url")));
  const renew = async (asked: Asked): Promise<string> =>
    enrolAt(endpoint.url, roots, asked).then(
      () => "renewed",
      ({ message, remedy }) => `${message}. ${remedy}`,
    );
  const twice = /given up twice, for two different keys.* Lock the clock/;
  const pages = async () => (await book.pages()).map(({ kid, forkedAt }) => ({ kid, isForked: forkedAt !== null }));
  const clock = await openClock();
  await enrolAt(endpoint.url, roots, await clock.ask(named(read)));
  const first = clock.signer.kid;
  const thief = await openClock(undefined, clock.state);
  await thief.changeKey("theirs");
  await clock.changeKey("ours");
  const [theirs, ours] = [await thief.ask(null), await clock.ask(null)];

  // Both at once, before either is known: whoever asks, nothing is learned from it.
  const both = [...(ours.succession ?? []), ...(theirs.succession ?? [])];
  for (const asked of [ours, theirs]) expect(await renew({ ...asked, succession: both })).toMatch(twice);
  expect(await pages()).toEqual([{ kid: first, isForked: true }]);

  // Ours is known: theirs is nothing, not with a new ticket either, and ours goes on.
  expect(await renew(ours)).toBe("renewed");
  expect(await renew(theirs)).toMatch(twice);
  const ticket = named(await issue());
  await expect(registrar.enrol(await thief.ask(ticket))).rejects.toMatchObject({ code: "authority-refused" });
  expect(await renew(await clock.ask(null))).toBe("renewed");
  expect(await pages()).toEqual([{ kid: clock.signer.kid, isForked: true }]);
  expect(told.filter((message) => message.includes(clock.signer.device))).toHaveLength(3);
});

test("S10 a change counts where the key before signed it, the key after shows that it is held, and it is this clock's", async () => {
  const { folder, book, issue } = await openOffice();
  const registrar = openRegistrar(folder, book);
  const clock = await openClock();
  await registrar.enrol(await clock.ask(named(await issue())));
  const { device } = clock.signer;
  const before = await openClock(undefined, clock.state);
  await clock.changeKey("o1");
  const [link = ""] = (await clock.ask(null)).succession ?? [];
  const record = JSON.parse(Buffer.from(link.split(".")[1] ?? "", "base64url").toString());
  const heir = await openClock(device);
  const { kid, publicJwk: jwk } = heir.signer;
  const whole = { ...record, data: { ...record.data, new: { kid, jwk, alg: "EdDSA" } } };
  const held = {
    ...whole,
    data: { ...whole.data, sig_new: Buffer.from(heir.signer.sign(record.prev)).toString("base64url") },
  };
  const renew = async (change: unknown, by: Signer): Promise<string> => {
    const succession = [signJws("lintel-rec+jws", JSON.stringify(change), by).jws];
    return registrar.renew({ ...(await heir.ask(null)), succession }).then(
      () => "renewed",
      ({ code }) => code,
    );
  };
  expect(await renew(whole, before.signer), "nobody showed that the new key is held").toBe("authority-refused");
  expect(await renew({ ...held, source: `urn:lintel:acme:south:${device}` }, before.signer)).toBe("authority-refused");
  expect(await renew({ ...held, type: "dev.lintel.audit.v1" }, before.signer)).toBe("authority-refused");
  expect(await renew(held, heir.signer), "a key that names itself").toBe("authority-refused");
  expect(await renew(held, before.signer), "and nothing else was wrong with it").toBe("renewed");
});

test("S10 where somebody else changed the key first, the clock is told so and not quietly let in", async () => {
  const { folder, book, issue } = await openOffice();
  const registrar = openRegistrar(folder, book);
  const clock = await openClock();
  await registrar.enrol(await clock.ask(named(await issue())));
  const thief = await openClock(undefined, clock.state);
  await thief.changeKey("theirs");
  await clock.changeKey("ours");
  await registrar.renew(await thief.ask(null));
  await expect(registrar.renew(await clock.ask(null))).rejects.toMatchObject({
    code: "authority-refused",
    message: expect.stringContaining("given up twice"),
    remedy: expect.stringContaining("Lock the clock"),
  });
});

test("S10 a clock whose key was changed is set up anew with a new ticket, over the network and by hand; its old disk is not", async () => {
  const { folder, book, issue } = await openOffice();
  const registrar = openRegistrar(folder, book);
  const clock = await openClock();
  await registrar.enrol(await clock.ask(named(await issue())));
  const thief = await openClock(undefined, clock.state);
  await clock.changeKey("o1");
  const { device, kid } = clock.signer;
  // The authority hears of the change here first.
  const asked = await clock.ask(named(await issue()));
  await expect(registrar.enrol({ ...asked, succession: [] })).rejects.toMatchObject({ code: "authority-refused" });
  const carried = readRequestText(requestText(device, asked));
  expect(await registrar.enrol(carried)).toMatchObject({ device, isAgain: false });
  expect((await book.pages()).at(-1)).toMatchObject({ device, kid, former: [{ heir: kid }] });
  const disk = await thief.ask(named(await issue()));
  await expect(registrar.enrol(disk)).rejects.toMatchObject({ code: "authority-refused" });
  // Receivers know the first key, and learn the other one from the chain.
  expect(await readFile(folder.file("devices.ndjson"), "utf8")).not.toContain(clock.signer.publicJwk.x);

  // Another board in its place, by a person's word: this one's key is over, with a ticket and without.
  const lines = (await readFile(folder.file("devices.ndjson"), "utf8")).trim();
  const revoked = { source: `urn:lintel:acme:north:${device}`, jwk: clock.signer.publicJwk, revoked: [3, 0] };
  await writeFile(folder.file("devices.ndjson"), `${lines}\n${JSON.stringify(revoked)}\n`);
  for (const attempt of [
    registrar.renew(await clock.ask(null)),
    registrar.enrol(await clock.ask(named(await issue()))),
  ])
    await expect(attempt).rejects.toMatchObject({ code: "authority-refused" });
});
