import { matrix, retentionClasses } from "../../../kiosk/core/retention.ts";
import { broken, type Check, holds } from "../check.ts";

/** What the settings that hold now say. */

export const otherWay: Check = {
  ids: ["X1", "IC-25", "AR-7"],
  how: "the settings: which ways in this site offers",
  look: ({ config: { ways, badge } }) => {
    const others = ways.filter((way) => way !== "face");
    if (others.length === 0) return broken("a face is the only way in");
    return holds(
      `${others.join(", ")} need no face${badge === "with-face" ? "; a face that fails costs no punch" : ""}`,
    );
  },
};

export const limits: Check = {
  ids: ["OH-9"],
  how: "the settings: days by class, held against what was promised never to be exceeded",
  look: ({ config: { retention } }) => {
    const over = retentionClasses.filter((cls) => {
      const days = retention[cls] ?? matrix[cls].days;
      return days > matrix[cls].max || days < matrix[cls].min;
    });
    const visitor = retention.visitor ?? matrix.visitor.days;
    return over.length === 0
      ? holds(`visitors ${visitor} days, at most 180`)
      : broken(`${over[0]} is kept too long or too short`);
  },
};

export const sealedWay: Check = {
  ids: ["SC-5"],
  how: "the settings: whether the way to the broker is encrypted",
  look: ({ config: { broker } }) => {
    if (broker === "embedded") return holds("records stay on this machine: it is a demonstration");
    return broker.startsWith("mqtts:")
      ? holds("TLS to the broker")
      : broken("records go to the broker in clear: use mqtts");
  },
};
