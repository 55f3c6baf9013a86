import fc from "fast-check";
import { expect, test } from "vitest";
import { type ConsentNote, notesOf, reckon } from "../../../kiosk/core/consent/book.ts";
import { closedFor, opened } from "../../../kiosk/core/consent/gate.ts";
import { allowsFace } from "../../../kiosk/core/consent/privacy-policy.ts";
import type { ConsentId } from "../../../kiosk/core/consent.ts";
import { type PersonId, personId } from "../../../kiosk/core/person.ts";
import type { ConsentData } from "../../../kiosk/core/record.ts";
import { anyPolicy, keptPolicy, noteBy } from "../../consented.ts";

const people = ["a", "b"].map((letter) => personId(`p_${letter.repeat(20)}`));
const [ana = personId(""), bo = personId("")] = people;
const site = "blr-01";

interface Made {
  readonly person: PersonId;
  readonly consentId: ConsentId;
}
const madeUnder = ({ id, data }: ConsentNote): Made => ({ person: data.sub, consentId: id as ConsentId });
const at = (more: Partial<Parameters<typeof closedFor>[2]> = {}) => ({
  policy: keptPolicy(),
  site,
  nowUtcMs: 0,
  ...more,
});

test("one live agreement of one's own under a policy that allows it opens the gate; each missing part closes it", () => {
  const given = noteBy(ana, "given");
  const said = reckon([given]);
  expect(closedFor(madeUnder(given), said, at())).toBeNull();
  expect(closedFor(madeUnder(given), said, at({ policy: null }))).toBe("policy");
  expect(closedFor(madeUnder(given), said, at({ site: "elsewhere" }))).toBe("policy");
  expect(closedFor(madeUnder(given), reckon([]), at())).toBe("no-consent");
  expect(closedFor({ ...madeUnder(given), person: bo }, said, at())).toBe("other-person");
  expect(closedFor(madeUnder(given), reckon([given, noteBy(ana, "withdrawn")]), at())).toBe("withdrawn");
  expect(closedFor(madeUnder(given), reckon([given, noteBy(ana, "restricted")]), at())).toBe("frozen");
  expect(closedFor(madeUnder(given), said, at({ policy: keptPolicy(anyPolicy, { asksFromV: 2 }) }))).toBe("asks-again");
  const older = keptPolicy({ ...anyPolicy, minAge: 18 });
  expect(closedFor(madeUnder(given), said, at({ policy: older }))).toBe("age");
  const short = noteBy(ana, "given", { until: "2026-01-01T00:00:00.000Z" });
  expect(closedFor(madeUnder(short), reckon([short]), at({ nowUtcMs: Date.UTC(2026, 0, 1) }))).toBe("expired");
});

test("agreeing to something else is no agreement to the face", () => {
  const message = noteBy(ana, "given", { purpose: "messages" });
  expect(closedFor(madeUnder(message), reckon([message]), at())).toBe("no-consent");
});

test("an agreement that is replayed after a withdrawal stays dead; only a later one counts", () => {
  const given = noteBy(ana, "given", { seq: 5 });
  const withdrawn = noteBy(ana, "withdrawn", { seq: 6 });
  // Whatever order they come in, the journal's numbers say which was first.
  const replayed = reckon(notesOf([withdrawn, given, given], ana));
  expect(closedFor(madeUnder(given), replayed, at())).toBe("withdrawn");
  const anew = noteBy(ana, "given", { seq: 7 });
  const later = reckon(notesOf([anew, withdrawn, given], ana));
  expect(closedFor(madeUnder(given), later, at())).toBe("withdrawn");
  expect(closedFor(madeUnder(anew), later, at())).toBeNull();
});

test("a paper that ended unused takes nothing from what they agreed to before", () => {
  const given = noteBy(ana, "given");
  const paper = noteBy(ana, "given");
  const said = reckon([given, paper, noteBy(ana, "ended", { ref: paper.id })]);
  expect(closedFor(madeUnder(given), said, at())).toBeNull();
  expect(closedFor(madeUnder(paper), said, at())).toBe("withdrawn");
});

test("Spain's pack keeps faces off until the assessment is named", () => {
  const spain = keptPolicy({ ...anyPolicy, pack: "ES" });
  expect(allowsFace(spain, site)).toBe(false);
  expect(allowsFace(keptPolicy({ ...anyPolicy, pack: "ES", assessment: "DPIA 7" }), site)).toBe(true);
});

const acts: readonly ConsentData["act"][] = ["given", "declined", "withdrawn", "restricted", "released", "ended"];
const word = fc.record({
  person: fc.constantFrom(...people),
  act: fc.constantFrom(...acts),
  purpose: fc.constantFrom("face" as const, "messages" as const),
  polV: fc.constantFrom(1, 2),
  untilMs: fc.constantFrom(null, 500),
});

test("no sequence of words, policies and times lets a face through whose person's last word is not a live yes", () => {
  const world = fc.record({
    words: fc.array(word, { maxLength: 14 }),
    asksFromV: fc.constantFrom(1, 2),
    isAllowed: fc.boolean(),
    nowUtcMs: fc.constantFrom(0, 1_000),
    shuffle: fc.infiniteStream(fc.nat()),
  });
  fc.assert(
    fc.property(world, ({ words, asksFromV, isAllowed, nowUtcMs, shuffle }) => {
      const notes = words.map(({ person, act, purpose, polV, untilMs }, seq) =>
        noteBy(person, act, {
          ...{ seq, purpose, pol: { v: polV, h: keptPolicy().h } },
          ...(untilMs !== null && { until: new Date(untilMs).toISOString() }),
        }),
      );
      // A book in any order, with some of it twice.
      const shuffled = [...notes, ...notes.slice(0, 3)]
        .map((note) => [shuffle.next().value, note] as const)
        .sort(([a], [b]) => a - b)
        .map(([, note]) => note);
      const said = new Map(people.map((person) => [person, reckon(notesOf(shuffled, person))]));
      const policy = keptPolicy({ ...anyPolicy, faceSites: isAllowed ? [site] : [] }, { asksFromV });
      const templates = notes.map(madeUnder);
      const through = opened(templates, (person) => said.get(person) ?? reckon([]), { policy, site, nowUtcMs });
      for (const { person, consentId } of through) {
        // Reckoned by hand, in the plainest way.
        const own = notes.filter(({ data }) => data.sub === person && data.purpose === "face");
        const from = own.findIndex(({ id }) => id === consentId);
        const after = own.slice(from + 1).map(({ data }) => data.act);
        expect(own[from]?.data.act).toBe("given");
        expect(isAllowed).toBe(true);
        for (const end of ["declined", "withdrawn", "ended"]) expect(after).not.toContain(end);
        const frozen = own.map(({ data }) => data.act).filter((act) => act === "restricted" || act === "released");
        expect(frozen.at(-1)).not.toBe("restricted");
        const newest = own.filter(({ data }) => data.act === "given").at(-1);
        expect(newest?.data.pol?.v ?? 0).toBeGreaterThanOrEqual(asksFromV);
        expect(newest?.data.until === undefined || Date.parse(newest.data.until) > nowUtcMs).toBe(true);
      }
    }),
    { numRuns: 600 },
  );
});
