import { verifyJournal } from "../../../kiosk/store/verify.ts";
import { broken, type Check, holds, unchecked } from "../check.ts";

export const journal: Check = {
  ids: ["S4", "EC-15", "IC-23"],
  how: "every signature and every link of a copy of the journal, as `lintel verify` does it",
  look: ({ config }) => {
    const { records, firstBad } = verifyJournal(config.state);
    if (firstBad === null) return holds(`${records} records prove themselves`);
    return firstBad.code === "journal-missing" ? unchecked(firstBad.sentence) : broken(firstBad.sentence);
  },
};
