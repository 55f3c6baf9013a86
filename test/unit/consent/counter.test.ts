import { expect, test } from "vitest";
import { cardText } from "../../../kiosk/core/card.ts";
import { blankStanding, type ConsentStanding, type ConsentWish } from "../../../kiosk/core/consent/types.ts";
import type { ConsentAct } from "../../../kiosk/core/consent/view.ts";
import { counterBegun } from "../../../kiosk/core/counters.ts";
import type { Effect, Event } from "../../../kiosk/core/event.ts";
import { blankMemory, type Memory, withPeople } from "../../../kiosk/core/memory.ts";
import { type PersonId, personId } from "../../../kiosk/core/person.ts";
import { defaultPolicy, type Policy } from "../../../kiosk/core/policy.ts";
import { claimOf, proofBy } from "../../../kiosk/core/proof.ts";
import { viewOf } from "../../../kiosk/core/show.ts";
import { deadlineOf, step } from "../../../kiosk/core/station.ts";
import { parseTouch } from "../../../kiosk/ui/messages.ts";
import { anyPolicy, keptPolicy } from "../../consented.ts";
import { testHash } from "../store/card-hash.ts";

const ana = personId("p_00000000000000000ana");
const bo = personId("p_000000000000000000bo");
const badge = (id: PersonId) => testHash(cardText(`card:${id}`));
const policy: Policy = { ...defaultPolicy, site: "blr-01", ways: ["badge", "pin", "face"] };
const at = { utcMs: 1_000_000, monoMs: 1_000 };

const people = [ana, bo].map((id) => ({ id, displayName: `${id} X`, badges: [badge(id)], lookAlikes: [] }));
const knowing = (standing: Partial<ConsentStanding> = {}, employer = keptPolicy()): Memory => ({
  ...withPeople(blankMemory, people),
  state: { at: "idle" },
  consent: {
    policy: { now: employer, coming: null },
    standings: new Map([[ana, { ...blankStanding, ...standing }]]),
    confirming: null,
  },
});

function openWall(memory: Memory, mine: Policy = policy) {
  const wall = { memory, wishes: [] as ConsentWish[], effects: [] as Effect[] };
  const take = (event: Event): void => {
    const [next, effects] = step(wall.memory, event, mine);
    wall.memory = next;
    wall.effects.push(...effects);
    for (const effect of effects) if (effect.do === "wish") wall.wishes.push(effect.wish as ConsentWish);
  };
  return {
    ...{ wall, take },
    begin: (id = ana) => {
      const [next] = counterBegun("consent", wall.memory, claimOf(proofBy("badge", id), at, "consent"), at, mine);
      wall.memory = next;
    },
    act: (...acts: readonly ConsentAct[]) => {
      for (const act of acts) take({ kind: "touch", touch: { touch: "consent", act }, at });
    },
    page: () => {
      const view = viewOf(wall.memory, mine);
      return view.at === "consent" ? view.page : view.at;
    },
  };
}
const drawn: ConsentAct = { act: "sign", strokes: [[0, 0, 300, 90, 600, 0]] };
const toSign: readonly ConsentAct[] = [
  { act: "read" },
  { act: "page", page: 99 },
  { act: "agree" },
  { act: "age", isReached: true },
];

test("nobody agrees to what they have not turned to the end, is not old enough for, or has not signed", () => {
  const { begin, act, page, wall } = openWall(knowing());
  begin();
  expect(page()).toMatchObject({ is: "why" });
  act({ act: "agree" }, drawn, { act: "age", isReached: true }, { act: "badge-pin" });
  expect(page()).toMatchObject({ is: "why" });
  act({ act: "read" }, { act: "agree" });
  expect(page()).toMatchObject({ is: "notice", page: 0 });
  act({ act: "page", page: 99 }, drawn, { act: "agree" }, drawn);
  expect(page()).toMatchObject({ is: "age", years: 16 });
  expect(wall.wishes).toEqual([]);
});

test("a wish is about whoever stands here, and an answer about somebody else says nothing to them", () => {
  const { begin, act, page, wall, take } = openWall(knowing());
  begin();
  act(...toSign, drawn);
  expect(wall.wishes).toMatchObject([{ is: "give", person: ana, pol: { v: 1 }, age: 16, by: "self:card" }]);
  expect(page()).toEqual({ is: "busy" });
  const record = { epoch: 1, seq: 7, rh: "A".repeat(43) };
  const done = (wish: "give" | "told", person: PersonId): Event => ({
    ...{ kind: "counter", at },
    answer: { of: "consent", is: "done", wish, person, record },
  });
  take(done("give", bo));
  take(done("told", ana));
  expect(page()).toEqual({ is: "busy" });
  act({ act: "close" });
  expect(page()).toEqual({ is: "busy" });
  take(done("give", ana));
  expect(page()).toMatchObject({ is: "given", receipt: expect.stringMatching(/^0/) });
});

test("a policy that changes while somebody reads is read anew before it is agreed to, and one that goes ends it", () => {
  const { begin, act, page, wall, take } = openWall(knowing());
  begin();
  act({ act: "read" }, { act: "page", page: 99 });
  const next = keptPolicy({ ...anyPolicy, v: 2, authority: "Another authority" });
  const known = (now: typeof next | null): Event => ({
    ...{ kind: "counter", at },
    answer: { of: "consent", is: "known", policy: { now, coming: null }, standings: new Map(), isAll: false },
  });
  take(known(next));
  act({ act: "agree" });
  expect(page()).toMatchObject({ is: "notice", page: 0 });
  act({ act: "page", page: 99 }, { act: "agree" }, { act: "age", isReached: true });
  take(known(null));
  expect(page()).toMatchObject({ is: "home", face: "off" });
  act(drawn);
  expect(wall.wishes).toEqual([]);
});

test("what somebody said once can be taken back in two touches wherever it stands: used, frozen, of another policy, or off", () => {
  const given = { id: "c", utcMs: 0, untilUtcMs: null, polV: 1 };
  const live = { face: "given", given, hasFace: true } as const;
  const standings = [
    knowing({ ...live, isUsed: true }),
    knowing({ ...live, isFrozen: true }),
    knowing({ ...live }, keptPolicy({ ...anyPolicy, faceSites: [] })),
    knowing({ ...live, face: "expired" }, keptPolicy({ ...anyPolicy, faceSites: [] })),
  ];
  for (const memory of standings) {
    const { begin, act, wall } = openWall(memory);
    begin();
    act({ act: "stop" }, { act: "sure" });
    expect(wall.wishes).toMatchObject([{ is: "withdraw", person: ana }]);
  }
});

test("whoever is forced agrees to nothing: the record says declined and under duress, the wall what it says to everybody", () => {
  const shownTo = (isForced: boolean) => {
    const { act, page, wall, take } = openWall(knowing());
    const claim = claimOf(proofBy("pin", ana, isForced ? ["duress"] : []), at, "consent");
    [wall.memory] = counterBegun("consent", wall.memory, claim, at, policy);
    act(...toSign, drawn);
    const pages = [page()];
    const { is: wish } = wall.wishes[0] ?? { is: "read" };
    const record = { epoch: 1, seq: 7, rh: "A".repeat(43) };
    if (wish !== "read") {
      take({ kind: "counter", at, answer: { of: "consent", is: "done", wish, person: ana, record } });
    }
    return { wish: wall.wishes, pages: [...pages, page()] };
  };
  const [forced, free] = [shownTo(true), shownTo(false)];
  expect(free.wish).toMatchObject([{ is: "give", by: "self:pin" }]);
  expect(forced.wish).toMatchObject([{ is: "decline", person: ana, pol: { v: 1 }, by: "self:pin:duress" }]);
  expect(forced.pages).toEqual(free.pages);
  expect(forced.pages[1]).toMatchObject({ is: "given" });
});

test("a PIN that says somebody is forced is not forgotten while the badge is asked for", () => {
  const { act, wall } = openWall(knowing());
  const claim = claimOf(proofBy("pin", ana, ["duress"]), at, "consent");
  [wall.memory] = counterBegun("consent", wall.memory, claim, at, policy);
  act(...toSign, { act: "badge-pin" });
  expect(wall.memory.state).toMatchObject({ at: "also", wants: "badge", claim: { proof: { flags: ["duress"] } } });
});

test("the next one's badge takes the wall from whoever reads, and is a punch", () => {
  const { begin, act, wall, take } = openWall(knowing());
  begin();
  act(...toSign);
  take({ kind: "tap", tap: { badge: badge(bo), at }, at });
  expect(wall.memory.state).toMatchObject({ at: "saving", draft: { person: bo } });
  expect(wall.wishes).toEqual([]);
});

test("whoever walks away has said nothing", () => {
  const { begin, act, wall, take } = openWall(knowing());
  begin();
  act(...toSign);
  const monoMs = deadlineOf(wall.memory, policy) ?? 0;
  take({ kind: "tick", at: { utcMs: at.utcMs + monoMs, monoMs } });
  expect(wall.memory.state).toEqual({ at: "idle" });
  expect(wall.wishes).toEqual([]);
});

test("a name is drawn where the law wants it drawn, and a PIN of somebody else confirms nothing", () => {
  const illinois = keptPolicy({ ...anyPolicy, pack: "US-IL", termDays: 365 });
  const strict = openWall(knowing({}, illinois));
  strict.begin();
  strict.act(...toSign);
  expect(strict.page()).toMatchObject({ is: "sign", canBadgePin: false });
  strict.act({ act: "badge-pin" });
  expect(strict.page()).toMatchObject({ is: "sign" });
  const usual = openWall(knowing());
  usual.begin();
  usual.act(...toSign, { act: "badge-pin" });
  expect(usual.wall.memory.state).toMatchObject({ at: "pin", claim: { person: ana } });
  // Somebody else comes to the counter with badge and PIN of their own: they begin at the beginning.
  const proof = { ...proofBy("badge", bo), methods: ["card", "pin"] as const };
  const [next, effects] = counterBegun("consent", usual.wall.memory, claimOf(proof, at, "consent"), at, policy);
  expect(effects).toEqual([]);
  expect(viewOf(next, policy)).toMatchObject({ page: { is: "why" } });
});

test("what a page may send is bounded: points, strokes, and nothing that is not a touch", () => {
  const sent = (act: unknown) => parseTouch({ touch: "consent", act });
  expect(sent(drawn)).not.toBeNull();
  for (const strokes of [
    [[0, 0, 1001, 0]],
    [[0.5, 0, 1, 1]],
    [[0, 0, 1]],
    [Array.from({ length: 1_402 }, () => 1)],
    Array.from({ length: 65 }, () => [0, 0]),
    "a name",
  ]) {
    expect(sent({ act: "sign", strokes })).toBeNull();
  }
  expect(sent({ act: "speak", lang: "../../etc" })).toBeNull();
  expect(sent({ act: "give", person: ana })).toBeNull();
});
