import { broken, type Check, holds, notRunning, type Place, unchecked, type Verdict } from "../check.ts";

/** What the running clock says of itself, from its own stores. */

type Inside = NonNullable<Place["inside"]>;

const asked =
  (judge: (inside: Inside) => Verdict) =>
  ({ inside, pid }: Place): Verdict => {
    if (inside !== null) return judge(inside);
    return pid === null ? notRunning : unchecked("the clock did not say; ask as the user that it runs as");
  };

export const consent: Check = {
  ids: ["P3", "L7", "EC-7", "SC-2"],
  how: "the running clock: templates that its engine was given, held against consents that live",
  look: asked(({ faces: { loaded, withoutConsent } }) =>
    withoutConsent === 0
      ? holds(`${loaded} templates, each with a consent that lives`)
      : broken(`${withoutConsent} of ${loaded} templates stand on no living consent`),
  ),
};

export const retention: Check = {
  ids: ["EC-11", "SC-7", "P5", "OH-8", "V5", "IC-19"],
  how: "the running clock: what is older than its rule, by class",
  look: asked(({ overdue }) =>
    overdue.length === 0
      ? holds("nothing is older than its rule")
      : broken(overdue.map(({ cls, due }) => `${due} of ${cls} should be gone`).join(", ")),
  ),
};

export const keys: Check = {
  ids: ["SC-11", "IC-20"],
  how: "the running clock: what its key rests on",
  look: asked(({ keys }) => {
    switch (keys) {
      case "credential":
        return holds("the device's key rests on a credential of systemd, outside the state folder");
      case "tpm":
        return holds("the device's key rests on a TPM");
      case "software":
        return holds("the device's key is a file beside the data: whoever takes the whole disk has both");
      case null:
        return broken("this clock has no device key");
    }
  }),
};

export const evenWays: Check = {
  ids: ["L6"],
  how: "the running clock: half of the visits took at most so long, from the first sign to the durable punch, in the last week, or in four where too few came",
  look: asked(({ ways: { ways, uneven } }) => {
    const told = ways
      .map(
        ({ way, medianMs, served, refused }) =>
          `${way} ${(medianMs / 1000).toFixed(2)} s, ${refused} of ${served + refused} refused`,
      )
      .join("; ");
    const costs = { slower: "takes more than half as long again", "refused-more": "is refused clearly more often" };
    if (uneven.length > 0)
      return broken(
        `without a face one pays: ${uneven.map(({ way, is }) => `${way} ${costs[is]}`).join(", ")} (${told})`,
      );
    const canCompare = ways.length > 1 && ways.some(({ way }) => way === "face");
    return canCompare ? holds(told) : unchecked("too few people came by face and by another way to compare them");
  }),
};

export const time: Check = {
  ids: ["L13"],
  how: "the running clock: where its time comes from",
  look: asked(({ time }) =>
    time === "none" ? broken("nobody vouches for the time, and every punch says so") : holds(`time by ${time}`),
  ),
};
