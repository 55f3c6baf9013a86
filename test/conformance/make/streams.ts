import { merkleRoot, noRecordHash } from "../../../kiosk/core/chain.ts";
import { consistencyPath, inclusionPath } from "../../../kiosk/uplink/contract/tree.ts";
import {
  batchOf,
  type Case,
  chainOf,
  dayOf,
  device,
  deviceKey,
  genesisData,
  type Key,
  keys,
  type Link,
  newKey,
  otherKey,
  punchData,
  text64,
  tokenFor,
  vectors,
} from "./kit.ts";

/** What a receiver knows of a device after some messages, in whatever order; and proofs over what it keeps. */

interface Stand {
  readonly epoch: number;
  readonly upto: number;
  readonly rh: string;
  readonly miss?: readonly (readonly [number, number])[];
  readonly lost?: readonly (readonly [number, number])[];
  readonly bad?: readonly (readonly [number, number])[];
  readonly forks?: readonly number[];
}

function stream(
  name: string,
  messages: readonly string[],
  stands: readonly Stand[],
  refused: readonly number[] = [],
  over: object = {},
): Case {
  const full = stands.map((stand) => ({ miss: [], lost: [], bad: [], forks: [], ...stand }));
  return {
    name,
    kind: "stream",
    input: { source: device, keys, messages, ...over },
    expect: { ok: { stands: full, refused } },
  };
}

const day = dayOf(5, 5);
const at = (links: readonly Link[], seq: number): Link => {
  const link = links[seq];
  if (link === undefined) throw new RangeError(`no record ${seq}`);
  return link;
};
const sent = (links: readonly Link[], ...seqs: readonly number[]) =>
  (seqs.length === 0 ? links : seqs.map((seq) => at(links, seq))).map(({ token }) => text64(token));
const rh = (seq: number, links: readonly Link[] = day): string => at(links, seq).rh;

/** Another record 3 of the same life, by the same key. */
const fork = chainOf(5, [
  { type: "genesis", data: genesisData() },
  ...[1, 2, 3].map((seq) => ({ type: "punch", data: punchData("transfer", seq), prev: rh(seq - 1) })),
]);

const punchPart = (seq: number) => ({ type: "punch", data: punchData("in", seq) });
const brokenLink = chainOf(6, [
  { type: "genesis", data: genesisData() },
  punchPart(1),
  { ...punchPart(2), prev: rh(2) },
  punchPart(3),
]);
const flawed = chainOf(7, [
  { type: "genesis", data: genesisData() },
  { type: "punch", data: { kind: "in" } },
  punchPart(2),
]);

const newDeviceKey = newKey("the device's next key");
const keychange = {
  old: deviceKey.kid,
  new: { kid: newDeviceKey.kid, jwk: newDeviceKey.jwk, alg: "EdDSA" },
  sig_new: signature64(newDeviceKey, rh(0)),
};
const rotated = chainOf(5, [
  { type: "genesis", data: genesisData() },
  { type: "keychange", data: keychange },
  { ...punchPart(2), key: newDeviceKey },
  { ...punchPart(3), key: newDeviceKey },
]);
const spans = {
  keys: [
    { jwk: deviceKey.jwk, source: device, upto: [5, 1] },
    { jwk: newDeviceKey.jwk, source: device, from: [5, 2] },
  ],
};

/** A later life that says where life 5 ended. */
const lifeAfter = (over: object, epoch = 8) =>
  chainOf(epoch, [{ type: "genesis", data: genesisData({ reason: "truncated", ...over }) }, punchPart(1)]);
const prev5 = { epoch: 5, seq: 5, rh: rh(5) };
const lostTwo = lifeAfter({ prev: prev5, lost: [2, 3] });
const lostEnd = lifeAfter({ prev: prev5, lost: [4, 5] });
const noLoss = lifeAfter({ prev: prev5 });
const contradicts = lifeAfter({ prev: { epoch: 5, seq: 3, rh: at(fork, 3).rh } });
const lies = lifeAfter({ prev: { epoch: 9, seq: 5, rh: null }, lost: [0, 5] });
const backwards = lifeAfter({ prev: prev5, lost: [3, 2] });
const otherGenesis = chainOf(8, [{ type: "genesis", data: genesisData({ ticket: "another" }) }]);

const all5: Stand = { epoch: 5, upto: 5, rh: rh(5) };
const life8 = (links: readonly Link[]): Stand => ({ epoch: 8, upto: 1, rh: rh(1, links) });

const long = dayOf(11, 999);
const batches = Array.from({ length: 10 }, (_, n) =>
  batchOf(long.slice(100 * n, 100 * (n + 1)).map(({ token }) => token)),
);

const streams: readonly Case[] = [
  stream("a whole life in order", sent(day), [all5]),
  stream("in reverse", sent(day).toReversed(), [all5]),
  stream("everything three times", [...sent(day), ...sent(day).toReversed(), ...sent(day)], [all5]),
  stream("one is missing", sent(day, 0, 1, 3, 4, 5), [{ epoch: 5, upto: 1, rh: rh(1), miss: [[2, 2]] }]),
  stream("two gaps", sent(day, 0, 2, 5), [
    {
      epoch: 5,
      upto: 0,
      rh: rh(0),
      miss: [
        [1, 1],
        [3, 4],
      ],
    },
  ]),
  stream("the first is missing", sent(day, 1, 2), [{ epoch: 5, upto: -1, rh: noRecordHash, miss: [[0, 0]] }]),
  stream("a gap that is filled", sent(day, 0, 1, 3, 5, 4, 2), [all5]),
  stream("a record whose prev is another's hash is counted and listed", sent(brokenLink), [
    { epoch: 6, upto: 3, rh: rh(3, brokenLink), bad: [[2, 2002]] },
  ]),
  stream(
    "a first record whose prev is not nothing",
    sent(chainOf(6, [{ type: "boot", data: { boot: 1, fw: "1" }, prev: rh(1) }])),
    [
      {
        epoch: 6,
        upto: 0,
        rh: rh(0, chainOf(6, [{ type: "boot", data: { boot: 1, fw: "1" }, prev: rh(1) }])),
        bad: [[0, 2002]],
      },
    ],
  ),
  stream("a record with flawed data is counted and listed", sent(flawed), [
    { epoch: 7, upto: 2, rh: rh(2, flawed), bad: [[1, 1001]] },
  ]),
  stream(
    "two records for one place: nothing is counted from there",
    [...sent(day, 0, 1, 2, 3), ...sent(fork, 3), ...sent(day, 4, 5)],
    [{ epoch: 5, upto: 2, rh: rh(2), forks: [3] }],
  ),
  stream("the fork first", [...sent(fork, 3), ...sent(day)], [{ epoch: 5, upto: 2, rh: rh(2), forks: [3] }]),
  stream("a second token of the same record is no fork", [...sent(day), text64(respelled(at(day, 3).token))], [all5]),
  stream(
    "a token with trailing bits is refused, and no fork",
    [...sent(day), text64(withTrailingBits(at(day, 2).token))],
    [all5],
    [1002],
  ),
  stream(
    "a stranger's message says nothing about the device",
    [...sent(day, 0, 1), text64(tokenFor(eventOf(at(day, 2)), otherKey)), ...sent(day, 2)],
    [{ epoch: 5, upto: 2, rh: rh(2) }],
    [1004],
  ),
  stream("the key changes", sent(rotated), [{ epoch: 5, upto: 3, rh: rh(3, rotated) }], [], spans),
  stream("the old key after its last record", sent(day), [{ epoch: 5, upto: 1, rh: rh(1) }], [1004, 1004, 1004, 1004], {
    keys: [{ jwk: deviceKey.jwk, source: device, upto: [5, 1] }],
  }),
  stream("a new life, and the old one whole", [...sent(day), ...sent(noLoss)], [all5, life8(noLoss)]),
  stream(
    "a new life says how far the old one went",
    [...sent(day, 0, 1, 2), ...sent(noLoss)],
    [{ epoch: 5, upto: 2, rh: rh(2), miss: [[3, 5]] }, life8(noLoss)],
  ),
  stream(
    "a declared loss is counted over",
    [...sent(day, 0, 1, 4, 5), ...sent(lostTwo)],
    [{ ...all5, lost: [[2, 3]] }, life8(lostTwo)],
  ),
  stream(
    "a declared loss that comes first",
    [...sent(lostTwo), ...sent(day, 4, 5, 0, 1)],
    [{ ...all5, lost: [[2, 3]] }, life8(lostTwo)],
  ),
  stream(
    "declared lost, and here after all",
    [...sent(day, 0, 1, 4, 5), ...sent(lostTwo), ...sent(day, 2)],
    [{ ...all5, lost: [[3, 3]] }, life8(lostTwo)],
  ),
  stream(
    "a loss at the end is settled, and nothing stands there",
    [...sent(day, 0, 1, 2, 3), ...sent(lostEnd)],
    [{ epoch: 5, upto: 3, rh: rh(3), lost: [[4, 5]] }, life8(lostEnd)],
  ),
  stream(
    "a genesis that remembers another last record is a fork there",
    [...sent(day, 0, 1, 2, 3), ...sent(contradicts)],
    [{ epoch: 5, upto: 2, rh: rh(2), forks: [3] }, life8(contradicts)],
  ),
  stream(
    "a genesis that speaks of a later life declares nothing",
    [...sent(day, 0, 2), ...sent(lies)],
    [{ epoch: 5, upto: 0, rh: rh(0), miss: [[1, 1]] }, life8(lies)],
  ),
  stream(
    "a loss that ends before it begins declares nothing",
    [...sent(day, 0, 1, 4, 5), ...sent(backwards)],
    [{ epoch: 5, upto: 1, rh: rh(1), miss: [[2, 3]] }, life8(backwards)],
  ),
  stream(
    "a genesis of which there are two declares nothing",
    [...sent(day, 0, 1, 4, 5), ...sent(lostTwo), ...sent(otherGenesis)],
    [
      { epoch: 5, upto: 1, rh: rh(1), miss: [[2, 3]] },
      { epoch: 8, upto: -1, rh: noRecordHash, forks: [0] },
    ],
  ),
  stream(
    "a thousand records in batches, the first of them last",
    [...batches.slice(1), ...batches.slice(0, 1)],
    [{ epoch: 11, upto: 999, rh: rh(999, long) }],
  ),
];

const published = vectors.records.map(({ recordHash }) => recordHash);
const hashes = long.slice(0, 100).map((link) => link.rh);
const root = (size: number) => merkleRoot(hashes.slice(0, size));

const roots: readonly Case[] = [
  rootCase("root of none", [], merkleRoot([])),
  rootCase("root of one", published.slice(0, 1), merkleRoot(published.slice(0, 1))),
  rootCase("published root of two", published.slice(0, 2), vectors.merkle.size2),
  rootCase("published root of three", published, vectors.merkle.size3),
  rootCase("root of a hundred, the text of some of them erased", hashes, root(100)),
];

function rootCase(name: string, of: readonly string[], expected: string): Case {
  return { name, kind: "root", input: { hashes: of }, expect: { ok: { root: expected } } };
}

/** The first siblings of a path are leaves. */
const leaf = (index: number): string => inclusionPath(hashes.slice(0, 2), 1 - index)[0] ?? "";

function inclusion(name: string, over: object, isTrue: boolean): Case {
  const input = { hash: hashes[37], index: 37, size: 100, path: inclusionPath(hashes, 37), root: root(100), ...over };
  return { name, kind: "inclusion", input, expect: isTrue ? { ok: {} } : { code: 2002 } };
}

function consistency(name: string, first: number, second: number, over: object, isTrue: boolean): Case {
  const path = consistencyPath(hashes.slice(0, second), first);
  const input = { first, second, firstRoot: root(first), secondRoot: root(second), path, ...over };
  return { name, kind: "consistency", input, expect: isTrue ? { ok: {} } : { code: 2002 } };
}

const proofs: readonly Case[] = [
  inclusion("record 37 is in the log of 100", {}, true),
  inclusion(
    "the last record of a log of 65",
    { hash: hashes[64], index: 64, size: 65, path: inclusionPath(hashes.slice(0, 65), 64), root: root(65) },
    true,
  ),
  inclusion("a log of one", { hash: hashes[0], index: 0, size: 1, path: [], root: root(1) }, true),
  inclusion("another record at its place", { hash: hashes[38] }, false),
  inclusion("the right record at another place", { index: 36 }, false),
  inclusion("a place beyond the log", { index: 137 }, false),
  inclusion("a path that is too short", { path: inclusionPath(hashes, 37).slice(1) }, false),
  inclusion("a path that is too long", { path: [...inclusionPath(hashes, 37), hashes[0]] }, false),
  inclusion(
    "the second record of two, said to be the only one of one",
    { hash: hashes[1], index: 0, size: 1, path: [leaf(0)], root: root(2) },
    false,
  ),
  inclusion(
    "the first record of two, said to be of a hundred",
    { hash: hashes[0], index: 0, path: [leaf(1)], root: root(2) },
    false,
  ),
  inclusion(
    "the second record of two, said to be the fourth",
    { hash: hashes[1], index: 3, size: 2, path: [leaf(0)], root: root(2) },
    false,
  ),
  inclusion("another log's root", { root: root(99) }, false),
  consistency("100 begins with 37", 37, 100, {}, true),
  consistency("100 begins with 64, a whole subtree", 64, 100, {}, true),
  consistency("a log begins with itself", 50, 50, {}, true),
  consistency("a log that begins with none", 37, 100, { first: 0 }, false),
  consistency("one size and two roots", 50, 50, { secondRoot: root(51) }, false),
  consistency("one size and a path", 50, 50, { path: [hashes[0]] }, false),
  consistency("no path", 37, 100, { path: [] }, false),
  consistency("another first root", 37, 100, { firstRoot: root(36) }, false),
  consistency("another second root", 37, 100, { secondRoot: root(99) }, false),
  consistency("a longer log before a shorter one", 37, 100, { first: 100, second: 37 }, false),
  consistency("a damaged path", 37, 100, { path: consistencyPath(hashes, 37).toReversed() }, false),
  checkpoint("a checkpoint that is true", {}, true),
  checkpoint("a checkpoint with another root", { root: root(99) }, false),
  checkpoint("a checkpoint with another head", { head: hashes[0] }, false),
  checkpoint("a checkpoint of more records than there are", { size: 101 }, false),
];

function checkpoint(name: string, over: object, isTrue: boolean): Case {
  const data = { size: 100, root: root(100), head: hashes[99], ...over };
  return { name, kind: "checkpoint", input: { hashes, data }, expect: isTrue ? { ok: {} } : { code: 2002 } };
}

interface ChangeOver {
  readonly data?: object;
  readonly next?: object;
  readonly key?: Key;
  readonly type?: string;
  readonly rh?: string;
}

/** A change of keys right behind a genesis. */
function change(
  name: string,
  { data = {}, next = {}, key = deviceKey, type = "keychange", rh: of = rh(0) }: ChangeOver,
  code?: number,
): Case {
  const named = { ...keychange, new: { ...keychange.new, ...next }, sig_new: signature64(newDeviceKey, of), ...data };
  const [, link] = chainOf(5, [
    { type: "genesis", data: genesisData() },
    { type, data: named, key },
  ]);
  const input = { keys: [...keys, { jwk: newDeviceKey.jwk, source: device }], bytes: text64(link?.token ?? "") };
  return { name, kind: "keychange", input, expect: code === undefined ? { ok: { kid: newDeviceKey.kid } } : { code } };
}

const changes: readonly Case[] = [
  change("the old key names the new one, which signed what came before", {}),
  change("the new key names itself", { key: newDeviceKey }, 1004),
  change("a signature over another record hash", { rh: rh(1) }, 1006),
  change(
    "the old key's signature in place of the new one's",
    { data: { sig_new: signature64(deviceKey, rh(0)) } },
    1006,
  ),
  change("a kid that is not the new key's", { next: { kid: otherKey.kid } }, 1004),
  change("a new key of small order", { next: { jwk: { ...newDeviceKey.jwk, x: `AQ${"A".repeat(41)}` } } }, 1004),
  change("another old kid", { data: { old: otherKey.kid } }, 1004),
  change("no signature of the new key", { data: { sig_new: undefined } }, 1001),
  change("a record of another type", { type: "boot", data: { boot: 1, fw: "1" } }, 1001),
];

function signature64(key: Key, text: string): string {
  return Buffer.from(key.sign(text)).toString("base64url");
}

export const streamCases: readonly Case[] = [...streams, ...changes];
export const treeCases: readonly Case[] = [...roots, ...proofs];

function eventOf(link: Link): object {
  return JSON.parse(Buffer.from(link.token.split(".")[1] ?? "", "base64url").toString()) as object;
}

/** The same signing input signed once more: Ed25519 gives the same signature, so this is the same text. */
function respelled(token: string): string {
  const input = token.slice(0, token.lastIndexOf("."));
  return `${input}.${Buffer.from(deviceKey.sign(input)).toString("base64url")}`;
}

function withTrailingBits(token: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return token.slice(0, -1) + alphabet.charAt(alphabet.indexOf(token.slice(-1)) + 1);
}
