import { generateKeyPairSync, sign } from "node:crypto";
import { noRecordHash } from "../../kiosk/core/chain.ts";
import { kidOf } from "../../kiosk/core/kid.ts";
import { personId } from "../../kiosk/core/person.ts";
import type { RecordBody, TimeEvidence } from "../../kiosk/core/record.ts";
import { absenceOf, templateSetRoot } from "../../kiosk/core/template-set.ts";

/**
 * Every kind of record that a clock writes, with every member that one may have: what the type does not know cannot stand
 * here, so a member of the contract that no clock fills is found by its absence.
 */

export const ann = personId("p_00000000000000000ann");
const bob = personId("p_00000000000000000bob");
const visitor = personId("v_00000000000000000vic");
const others = [personId("p_00000000000000000aaa"), bob, personId("p_00000000000000000zoe")];
const hash = "B".repeat(43);
const later = "2026-12-01T00:00:00.000Z";

export const sureTime: TimeEvidence = {
  ...{ local: "2026-11-02T09:00:00.000+01:00", tz: "Europe/Berlin", src: "ntp", err: 25, age: 60 },
  ...{ boot: 1, mono: 1_000 },
};

const next = generateKeyPairSync("ed25519");
const { kty = "", crv = "", x = "" } = next.publicKey.export({ format: "jwk" });
/** Named by a `keychange` as the key before. */
export const oldKid = "O".repeat(16);

const plain = {
  method: ["face"],
  assure: { match: "low", live: "fail", card: "none" },
  loc: "gate-1",
  pol: "p",
} as const;

export const samples: readonly RecordBody[] = [
  {
    type: "punch",
    data: {
      ...{
        ...plain,
        kind: "in",
        inf: true,
        sub: ann,
        t: sureTime,
        dec: "flag",
        why: ["override"],
        sup: bob,
        job: "mill",
      },
      ev: { h: hash, k: "face", exp: later },
    },
  },
  { type: "punch", data: { ...plain, kind: "out", sub: ann, t: { ...sureTime, src: "none", boot: 2 }, dec: "accept" } },
  { type: "punch", data: { ...plain, kind: "out", sub: ann, t: sureTime, dec: "reject" } },
  {
    type: "correction",
    data: {
      ...{
        ref: "story-1",
        kind: "break-start",
        sub: ann,
        reason: "forgot",
        by: "self",
        at: "2026-11-02T07:00:00.000Z",
      },
      ...{ adds: "before", state: "asked", note: "the door was open" },
    },
  },
  {
    type: "correction",
    data: {
      ...{
        ref: "story-1",
        kind: "break-start",
        sub: ann,
        reason: "forgot",
        by: "supervisor",
        req: "story-2",
        sup: bob,
      },
      state: "granted",
    },
  },
  { type: "timefix", data: { boot: 2, mono: 60_000, utc: "2026-11-03T00:00:00.000Z", err: 50, src: "ack" } },
  {
    type: "genesis",
    data: {
      ...{ reason: "truncated", prev: { epoch: 1, seq: 9, rh: hash }, lost: [4, 6], ticket: "T-1", fw: "0.1.0" },
      keys: [{ kid: oldKid, alg: "EdDSA", use: "rec" }],
    },
  },
  { type: "boot", data: { boot: 1, fw: "0.1.0" } },
  { type: "checkpoint", data: { size: 3, root: hash, head: hash, low: [2, 2] } },
  {
    type: "keychange",
    data: {
      ...{ old: oldKid, new: { kid: kidOf({ kty, crv, x }), jwk: { kty, crv, x }, alg: "EdDSA" } },
      sig_new: sign(null, Buffer.from(noRecordHash), next.privateKey).toString("base64url"),
    },
  },
  { type: "cmdlog", data: { cmd: "c1", state: "failed", code: 3004, detail: "why", out: "{}" } },
  {
    type: "audit",
    data: {
      ...{ act: "export", sub: ann, by: "o_00000000000000000bob", detail: "audit", role: "privacy-officer" },
      ...{
        reason: "court-order",
        ticket: "C-1",
        ref: "r1",
        before: "a",
        after: "b",
        out: { n: 1, h: hash },
        wip: "a.b.c",
      },
    },
  },
  { type: "audit", data: { act: "look", sub: null, by: "o_1", detail: "people", role: "supervisor" } },
  {
    type: "erasure",
    data: {
      ...{ cmd: "c1", sub: ann, counts: { card: 1 }, dek: "destroyed", kek_rot: later, assure: "tpm" },
      nonmember: absenceOf(others, ann),
      ...{
        tpl_root: templateSetRoot(others),
        ros_root: hash,
        sup_v: 1,
        kept: [{ cls: "punch", basis: "law:working-time", until: later }],
      },
    },
  },
  {
    type: "consent",
    data: {
      ...{ sub: ann, act: "given", purpose: "face", text: { v: 1, lang: "de", h: hash }, pol: { v: 3, h: hash } },
      ...{ basis: "consent", sign: { how: "drawn", h: hash }, until: later, age: 18, paper: "file 17", by: "self" },
      guardian: { how: "drawn", h: "C".repeat(43) },
    },
  },
  {
    type: "consent",
    data: {
      ...{ sub: ann, act: "ended", purpose: "face", text: null, pol: null, basis: "consent", by: "kiosk" },
      ...{ sign: { how: "operator", h: null }, ref: "story-3" },
    },
  },
  { type: "purge", data: { cls: "punch", n: 3, days: 35, before: later, held: 1 } },
  { type: "request", data: { sub: ann, right: "access", state: "asked", due: later, about: "hours" } },
  { type: "request", data: { sub: ann, right: "access", state: "done", due: later, about: "hours", ref: "story-4" } },
  {
    type: "visitor",
    data: { v: visitor, act: "in", host: ann, purpose: "invited", pii: "a.b.c.d.e", exp: later },
  },
  { type: "leave", data: { sub: ann, act: "asked", k: 1, from: "2026-12-24", to: "2026-12-31" } },
  { type: "leave", data: { sub: ann, act: "cancelled", k: 1, from: "2026-12-24", to: "2026-12-31", ref: "story-5" } },
  { type: "alert", data: { act: "raised", by: "wall", cmd: "c1", loc: "gate-1", on: 4, visitors: 1 } },
  { type: "alert", data: { act: "cleared", by: "wall", cmd: null, loc: "gate-1", on: 4, visitors: 1, sup: bob } },
];
