import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { cardHash, cardHasher, cardText, isCardHash } from "../../../kiosk/core/card.ts";
import { cardOwners, type Person, personId } from "../../../kiosk/core/person.ts";

const key = Uint8Array.from({ length: 32 }, (_, at) => at);

describe("the hash of a card", () => {
  test("is what anybody with the site's key computes, in 22 characters", () => {
    const card = cardText("h10301:77-61234");
    const theirs = createHmac("sha256", key).update("h10301:77-61234").digest("base64url").slice(0, 22);
    // The 22nd character holds two bits of the 17th byte in a longer text: only whole bytes are compared.
    const hash = cardHasher(key)(card);
    expect(hash.slice(0, 21)).toBe(theirs.slice(0, 21));
    expect(isCardHash(hash)).toBe(true);
    expect(Buffer.from(hash, "base64url")).toHaveLength(16);
  });

  test("is another for the same number of another technology, and under another key", () => {
    const [one, other] = [cardText("em4100:1"), cardText("card:1")];
    const hash = cardHasher(key);
    expect(hash(one)).not.toBe(hash(other));
    expect(hash(one)).not.toBe(cardHasher(new Uint8Array(32))(one));
  });

  test("wants a key of 32 bytes, and a card that says its technology", () => {
    expect(() => cardHasher(new Uint8Array(16))).toThrow(RangeError);
    for (const text of ["4711", ":4711", "card:", "card:47 11", "Card:1", `card:${"1".repeat(61)}`, "card:1\n"])
      expect(() => cardText(text), text).toThrow(/^not a card/);
  });
});

describe("a card that several people claim", () => {
  const [a, b] = [cardHash("A".repeat(22)), cardHash("B".repeat(22))];
  const person = (n: number, badges: Person["badges"], isOffRoster?: true): Person => ({
    ...{ id: personId(`p_${String(n).padStart(20, "0")}`), displayName: `${n}`, badges, lookAlikes: [] },
    ...(isOffRoster && { isOffRoster }),
  });

  test("is nobody's, whoever comes first, and their other cards are still theirs", () => {
    const people = [person(1, [a, b]), person(2, [a])];
    for (const order of [people, people.toReversed()]) {
      const { owners, shared } = cardOwners(order);
      expect([...owners]).toEqual([[b, person(1, []).id]]);
      expect([...shared]).toEqual([a]);
    }
  });

  test("is the one's whom the roster wants, where it was given out again after somebody left", () => {
    const { owners, shared } = cardOwners([person(1, [a], true), person(2, [a])]);
    expect(owners.get(a)).toBe(person(2, []).id);
    expect(shared.size).toBe(0);
    expect(cardOwners([person(1, [a], true), person(2, [a], true)]).owners.size).toBe(0);
  });

  test("is one person's who has it twice, here and from the roster", () => {
    expect(cardOwners([person(1, [a, a], true)]).owners.size).toBe(1);
  });
});
