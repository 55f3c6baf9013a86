import { expect, test } from "vitest";
import { reckon } from "../../../kiosk/core/consent/book.ts";
import { closedFor } from "../../../kiosk/core/consent/gate.ts";
import { noticeIn } from "../../../kiosk/core/consent/notice.ts";
import type { PrivacyPolicy } from "../../../kiosk/core/consent/privacy-policy.ts";
import type { ConsentId } from "../../../kiosk/core/consent.ts";
import { personId } from "../../../kiosk/core/person.ts";
import type { ConsentData } from "../../../kiosk/core/record.ts";
import { wallLangs } from "../../../kiosk/core/rights/choices.ts";
import { anyPolicy, keptPolicy, noteBy } from "../../consented.ts";

const ana = personId(`p_${"a".repeat(20)}`);
const until = "2027-01-01T00:00:00.000Z";
const guardian = { how: "drawn", h: "G".repeat(43) } as const;
const ages: PrivacyPolicy = { ...anyPolicy, guardianAge: 15 };

/** Why their face is not looked for, by one record of theirs. */
const closedBy = (more: Partial<ConsentData>, policy = ages, nowUtcMs = 0) => {
  const note = noteBy(ana, "given", more);
  const grounds = { policy: keptPolicy(policy), site: "blr-01", nowUtcMs };
  return closedFor({ person: ana, consentId: note.id as ConsentId }, reckon([note]), grounds);
};

test("between the two ages the gate opens by a guardian's word with an end, and by nothing less", () => {
  expect(closedBy({ age: 15, guardian, until })).toBeNull();
  expect(closedBy({ age: 15, until })).toBe("guardian");
  expect(closedBy({ age: 15, guardian })).toBe("guardian");
  expect(closedBy({ age: 15, guardian, until }, ages, Date.parse(until))).toBe("expired");
  expect(closedBy({ age: 14, guardian, until })).toBe("age");
  expect(closedBy({ guardian, until }), "which age, nobody said").toBe("age");
  expect(closedBy({ age: 16 })).toBeNull();
  expect(closedBy({}), "asked as everybody was").toBeNull();
});

test("where the policy has no guardians any more, or has raised what it asks of them, the face waits", () => {
  const said = { age: 15, guardian, until };
  expect(closedBy(said, anyPolicy)).toBe("age");
  expect(closedBy(said, { ...ages, minAge: 18, guardianAge: 16 })).toBe("age");
  expect(closedBy(said, { ...ages, minAge: 15, guardianAge: null })).toBeNull();
});

test("in every language both are told in five sentences, the guardian signs another one, and the text is another text", () => {
  const kept = keptPolicy(ages);
  const said = wallLangs.map((lang) => noticeIn(lang, kept, "blr-01", true));
  for (const { guardian: told, agree, lang, text } of said) {
    expect(told?.both, lang).toHaveLength(5);
    expect(told?.both[0], lang).toContain("16");
    expect(told?.agree, lang).toContain("Acme");
    expect(told?.agree, lang).not.toBe(agree);
    expect(text.h).not.toBe(noticeIn(lang, kept, "blr-01").text.h);
  }
  expect(new Set(said.map(({ text }) => text.h)).size).toBe(wallLangs.length);
});
