// A clock made of paper, to try a receiver with: it signs records as a Lintel clock does, sends them, and waits until
// they are receipted. It keeps its key and its records in one file. A real clock does much more; see docs/uplink.md.
//
//   node docs/examples/receiver-clock.mjs register CLOCK.json            prints the line for the receiver's --devices
//   node docs/examples/receiver-clock.mjs punch CLOCK.json BROKER-URL    punches, and prints the receipt code

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import mqtt from "mqtt";

const [what, file, broker] = process.argv.slice(2);
const hash = (text) => createHash("sha256").update(text).digest("base64url");
const base64url = (text) => Buffer.from(text).toString("base64url");

if (what === "register") register();
else if (what === "punch" && broker !== undefined) await punch();
else throw new Error("register CLOCK.json, or punch CLOCK.json BROKER-URL");

function register() {
  const key = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const device = `k${randomBytes(10).toString("hex")}`;
  writeFileSync(file, JSON.stringify({ key, source: `urn:lintel:trial:here:${device}`, records: [] }), { mode: 0o600 });
  const { kty, crv, x } = key;
  console.log(JSON.stringify({ source: `urn:lintel:trial:here:${device}`, jwk: { kty, crv, x } }));
}

async function punch() {
  const clock = JSON.parse(readFileSync(file, "utf8"));
  if (clock.records.length === 0) append(clock, "boot", { boot: 1, fw: "paper" });
  const newest = append(clock, "punch", punchNow());
  // On disk before anybody hears of it: what was sent and is then forgotten would be a gap.
  writeFileSync(file, JSON.stringify(clock), { mode: 0o600 });
  console.log(`receipt code ${codeOf(clock.source, newest)}`);

  const [, , tenant, site, device] = clock.source.split(":");
  const topic = `lintel1/${tenant}/${site}/${device}`;
  const client = await mqtt.connectAsync(broker, { clientId: device });
  await client.subscribeAsync(`${topic}/dn/ack`, { qos: 1 });
  const receipted = new Promise((resolve) => {
    client.on("message", (_, bytes) => {
      // A real clock believes a receipt only after it verified its signature with the receiver's key.
      const { upto, rh } = JSON.parse(payloadOf(JSON.parse(bytes.toString()).data)).data;
      if (upto === newest.seq && rh === newest.rh) resolve(upto);
    });
  });
  for (const record of clock.records) await client.publishAsync(`${topic}/up/rec`, structured(record.jws), { qos: 1 });
  console.log(`receipted up to ${await receipted}`);
  await client.endAsync();
}

/** The next record: it names the hash of the one before, and is signed. */
function append(clock, type, data) {
  const { key, source, records } = clock;
  const event = {
    specversion: "1.0",
    id: crypto.randomUUID(),
    source,
    type: `dev.lintel.${type}.v1`,
    time: new Date().toISOString(),
    epoch: 1,
    seq: records.length,
    prev: records.at(-1)?.rh ?? "A".repeat(43),
    data,
  };
  const privateKey = createPrivateKey({ key, format: "jwk" });
  const { crv, kty, x } = createPublicKey(privateKey).export({ format: "jwk" });
  const kid = hash(JSON.stringify({ crv, kty, x })).slice(0, 16);
  const header = JSON.stringify({ alg: "EdDSA", kid, typ: "lintel-rec+jws" });
  const input = `${base64url(header)}.${base64url(JSON.stringify(event))}`;
  const record = {
    seq: event.seq,
    rh: hash(input),
    jws: `${input}.${sign(null, Buffer.from(input), privateKey).toString("base64url")}`,
  };
  records.push(record);
  return record;
}

function punchNow() {
  return {
    kind: "in",
    sub: `p_${"0".repeat(20)}`,
    method: ["card"],
    assure: { match: "none", live: "na", card: "static" },
    t: {
      local: new Date().toISOString(),
      tz: "UTC",
      src: "none",
      err: 60_000,
      age: 0,
      boot: 1,
      mono: Math.round(performance.now()),
    },
    loc: "desk",
    pol: "trial.1",
    dec: "flag",
    why: ["clock-weak"],
  };
}

function payloadOf(jws) {
  return Buffer.from(jws.split(".")[1], "base64url").toString();
}

/** The signed event as it travels: routing attributes outside, the token inside. */
function structured(jws) {
  const { specversion, id, source, type, time, epoch, seq } = JSON.parse(payloadOf(jws));
  return JSON.stringify({
    specversion,
    id,
    source,
    type,
    time,
    epoch,
    seq,
    datacontenttype: "application/jose",
    data: jws,
  });
}

/** Version 1, 5 bytes of the clock's hash, 2 of the epoch, 4 of the number, 10 of the record hash; Crockford's base32. */
function codeOf(source, { seq, rh }) {
  const clock = createHash("sha256").update(source).digest("hex").slice(0, 10);
  const place = `0001${seq.toString(16).padStart(8, "0")}`;
  let bits = BigInt(`0x01${clock}${place}${Buffer.from(rh, "base64url").toString("hex", 0, 10)}`) << 4n;
  let letters = "";
  for (let n = 0; n < 36; n += 1, bits >>= 5n)
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[Number(bits & 31n)] + letters;
  return letters.match(/.{4}/g).join("-");
}
