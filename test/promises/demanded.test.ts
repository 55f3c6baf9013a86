import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { personId } from "../../kiosk/core/person.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { openAudit, sealAudit } from "../../provisioning/audit-export.ts";
import { openDeskScene } from "./desk-parts.ts";

/** What a court may ask a clock for. */

test("SC-15 AR-16 IC-31 what was done about one person since one day is handed out signed and sealed, of nobody else, by the privacy officer alone, and that is written down first", async () => {
  const [ann, bob] = [personId("p_8m2q7x4w9t1v6r3s5k0n"), personId("p_0000000000000000bob0")];
  const { ask, three, clock, signer, audits } = await openDeskScene();
  const { tokens, officer } = await three();
  const supervisors = { sessions: [tokens.supervisor] };
  await ask({ ask: "pin-remove", person: ann }, supervisors);
  clock.advance(60_000);
  const sinceUtcMs = clock.now().utcMs;
  await ask({ ask: "badge-remove", person: ann }, supervisors);
  await ask({ ask: "badge-remove", person: bob }, supervisors);
  const wish = { person: ann, act: null, by: null, sinceUtcMs };
  for (const token of [tokens.technician, tokens.supervisor]) {
    await expect(ask({ ask: "audit", wish, seal: true }, { sessions: [token] })).rejects.toMatchObject({
      code: "role-refused",
    });
  }
  const found = await ask({ ask: "audit", wish, seal: true }, { sessions: [tokens["privacy-officer"]] });
  if (!("manifest" in found) || found.manifest === null) throw new Error("nothing was handed out");
  const { kty, crv, x, d } = generateKeyPairSync("x25519").privateKey.export({ format: "jwk" });
  const manifest = { by: "clock", jws: found.manifest.jws } as const;
  const records = found.lines.map(({ jws }) => jws);
  const sealed = await sealAudit(manifest, records, JSON.stringify({ kty, crv, x }));
  const keyOf = (kid: string) => (kid === signer.kid ? signer.publicKey : undefined);
  const opened = await openAudit(sealed, JSON.stringify({ kty, crv, x, d }), keyOf, null);
  expect(opened.wrong).toEqual([]);
  const handedOut = records.map((jws) => eventOf(jws).data as { readonly act: string; readonly sub: string });
  expect(handedOut.filter(({ sub }) => sub !== ann)).toEqual([]);
  expect(handedOut.map(({ act }) => act)).toContain("badge");
  expect(
    handedOut.map(({ act }) => act),
    "the earlier act is not asked for",
  ).not.toContain("pin");
  expect(audits().filter(({ act, by }) => act === "export" && by === officer.operator)).not.toEqual([]);
});
