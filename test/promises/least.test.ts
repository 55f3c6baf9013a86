import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { configJsonSchema } from "../../kiosk/config.ts";
import { cardHash } from "../../kiosk/core/card.ts";
import { type NameMasking, personId } from "../../kiosk/core/person.ts";
import type { View } from "../../kiosk/core/view.ts";
import { rollOf } from "../../kiosk/roll.ts";
import { ana, openWallWorld } from "./wall-world.ts";

/** As little as the work needs: what there is no place for, what is dropped, what payroll gets, what others see. */

const folder = join(import.meta.dirname, "../../docs");

/** Every member that a JSON Schema has a name for, at any depth. */
function membersOf(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties } = schema as { readonly properties?: object };
  return [...Object.keys(properties ?? {}), ...Object.values(schema).flatMap(membersOf)];
}

async function published(): Promise<readonly string[]> {
  const files = await Promise.all(
    ["uplink/schemas", "schemas"].map(async (sub) =>
      (await readdir(join(folder, sub))).map((name) => join(folder, sub, name)),
    ),
  );
  const texts = await Promise.all(files.flat().map((file) => readFile(file, "utf8")));
  return texts.flatMap((text) => membersOf(JSON.parse(text)));
}

const wordsOf = (member: string): readonly string[] => member.split(/_|(?=[A-Z])/).map((word) => word.toLowerCase());

test("SC-28 IC-7 SC-1 AR-2 neither the wire nor the settings have a place for payment, mail, telephone, home or papers of a person", async () => {
  const members = [...(await published()), ...membersOf(configJsonSchema())];
  expect(members.length).toBeGreaterThan(200);
  const banned = new Set(
    [
      ...[
        "mail",
        "email",
        "phone",
        "tel",
        "telephone",
        "mobile",
        "fax",
        "address",
        "street",
        "city",
        "zip",
        "postcode",
      ],
      ...["iban", "bic", "pan", "cvv", "payment", "invoice", "price", "salary", "wage", "bank", "tax"],
      ...[
        "passport",
        "ssn",
        "aadhaar",
        "birth",
        "birthday",
        "dob",
        "gender",
        "sex",
        "religion",
        "ethnicity",
        "emotion",
      ],
    ].map((word) => word.toLowerCase()),
  );
  expect(members.filter((member) => wordsOf(member).some((word) => banned.has(word)))).toEqual([]);
});

test("SC-1 AR-2 IC-1 a pseudonym and a card are enough to punch, and what a roster says besides reaches neither wall nor record", async () => {
  const id = personId("p_0000000000000minimal");
  const card = "MINIMALMINIMALMINIMALM";
  const besides = { email: "canary@mail.example", phone: "+49 170 4711", address: "Canary Lane 1", ssn: "canary-4711" };
  const text = JSON.stringify({ st: "active", cards: [card], ...besides });
  const { people, unreadable } = rollOf({ local: [], items: [{ id, v: 1, text }], rosterV: 1, utcMs: null });
  expect([people, unreadable]).toEqual([
    [{ id, displayName: "", badges: [card], rosterBadges: [cardHash(card)], lookAlikes: [] }],
    0,
  ]);
  const world = await openWallWorld({ people });
  world.tap(card);
  await world.at("thanks");
  expect(world.records("punch")).toMatchObject([{ sub: id, dec: "accept" }]);
  expect(JSON.stringify([world.view(), world.records("punch")])).not.toMatch(/canary|4711/i);
});

test("SC-16 what payroll gets of a punch is written down here member by member, and none of them is of a body", async () => {
  const of = async (name: string) =>
    [...new Set(membersOf(JSON.parse(await readFile(join(folder, `uplink/schemas/${name}.v1.json`), "utf8"))))].sort();
  const envelope = ["data", "id", "source", "specversion", "time", "type"];
  const record = ["epoch", "prev", "seq"];
  const time = ["age", "boot", "err", "local", "mono", "src", "t", "tz"];
  const punch = [
    ...["assure", "card", "dec", "ev", "exp", "h", "inf", "job", "k", "kind", "live", "loc", "match"],
    ...["method", "pol", "sub", "sup", "why"],
  ];
  expect(await of("punch")).toEqual([...envelope, ...record, ...time, ...punch].sort());
});

const maskings: readonly (readonly [NameMasking, RegExp, RegExp])[] = [
  ["full", /Ana Morales/, /$^/],
  ["first-and-initial", /Ana M\./, /Morales/],
  ["none", /"name":""/, /Ana|Morales/],
];

test("IC-24 whoever stands behind somebody sees of their name what the site shows: all of it, the first and a letter, or nothing", async () => {
  expect(ana.displayName).toBe("Ana Morales");
  for (const [nameMasking, seen, unseen] of maskings) {
    const views = JSON.stringify(await viewsOfAVisit(nameMasking));
    expect(views).toMatch(seen);
    expect(views).not.toMatch(unseen);
  }
});

/** A punch, a look at one's own hours, and what comes of a badge that is shown again at once. */
async function viewsOfAVisit(nameMasking: NameMasking): Promise<readonly (View | null)[]> {
  const world = await openWallWorld({ policy: { nameMasking } });
  const views: (View | null)[] = [];
  world.tap("4711");
  views.push(await world.at("thanks"));
  world.touch({ touch: "dismiss" });
  await world.at("idle");
  world.touch({ touch: "errand", errand: "me" });
  await world.at("ways");
  world.tap("4711");
  views.push(await world.at("hours"));
  world.touch({ touch: "dismiss" });
  await world.at("idle");
  world.tap("4711");
  await world.until("asked or thanked", () => world.view()?.at !== "idle");
  views.push(world.view());

  return views;
}
