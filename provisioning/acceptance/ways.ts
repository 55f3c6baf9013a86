import type { TestMethod } from "../../kiosk/core/acceptance.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import { cutAnswer, receiptsAnswer, watchedAnswer } from "../../kiosk/desk/acceptance.ts";
import type { Part } from "./at-the-wall.ts";

/** Punches of test people: by every way that the wall offers, and while the network is away. */

const doS = 60;
const receiptS = 30;
const afterCutS = 180;

const words: Readonly<Record<string, readonly [method: TestMethod, sentence: string]>> = {
  badge: ["card", "Badge: the test person holds the badge to the reader."],
  face: ["face", "Face: the test person looks at the clock."],
  pin: ["pin", "PIN: the test person touches PIN on the wall and types number and PIN."],
  qr: ["qr", "Pass: the test person holds the code of their app to the camera."],
};

export async function tryWays({ wall, ask, draft, keep }: Part, people: readonly PersonId[]): Promise<void> {
  let { ways } = draft;
  ask.tell(
    "Every way in use. Where the wall asks something, answer it: a punch counts for the test once it is written.",
  );
  for (const name of draft.facts.ways) {
    const [method, sentence] = words[name] ?? (["any", `${name}: the test person punches that way.`] as const);
    ask.tell(sentence);
    if (!(await ask.next("Ready?"))) continue;
    const watched = await wall.test({ of: "watch", people, method, forS: doS }, watchedAnswer);
    const { punch } = watched;
    const receipts =
      punch === null ? null : await wall.test({ of: "receipts", at: [placeOf(punch)], forS: receiptS }, receiptsAnswer);
    ways = { ...ways, [name]: { ...wall.noted(), watched, receipts } };
    await keep({ ways });
    ask.tell(punch === null ? "  no such punch came" : `  written as ${punch.epoch}/${punch.seq}`);
  }
}

export async function tryNetwork(
  { wall, ask, draft, keep }: Part,
  people: readonly PersonId[],
  count: number,
): Promise<void> {
  const { canCut } = draft.facts;
  ask.tell(
    `Network: the clock is cut off, ${count} times somebody punches by badge, and then everything has to arrive once.`,
  );
  if (!(await ask.next(canCut ? "This demo cuts its own cable. Ready?" : "Pull the network cable. Pulled?"))) return;
  const state = async (wanted: "cut" | "connected"): Promise<boolean> => {
    if (canCut) await wall.test({ of: "network", state: wanted }, cutAnswer);
    return turned(wall, wanted === "connected");
  };
  const wasOffline = await state("cut");
  if (!wasOffline) ask.tell("  the clock still has its connection: is it the right cable, is there a second network?");
  const punches = [];
  try {
    for (let nth = 1; nth <= count && wasOffline; nth++) {
      ask.tell(`Offline, punch ${nth} of ${count}: the test person punches now.`);
      if (!(await ask.next("Ready?"))) break;
      punches.push(await wall.test({ of: "watch", people, method: "any", forS: doS }, watchedAnswer));
    }
  } finally {
    if (!canCut) await ask.next("Plug the network cable in again. Done?");
  }
  const cameBack = await state("connected");
  const at = punches.flatMap(({ punch }) => (punch === null ? [] : [placeOf(punch)]));
  const receipts = at.length === 0 ? null : await wall.test({ of: "receipts", at, forS: afterCutS }, receiptsAnswer);
  await keep({ network: { ...wall.noted(), wasOffline, cameBack, punches, receipts } });
}

/** A broken line is noticed when the keepalive is over, a mended one with the next attempt. */
async function turned({ uplink }: Part["wall"], isOnline: boolean): Promise<boolean> {
  const untilMs = Date.now() + 120_000;
  while (Date.now() < untilMs) {
    if ((await uplink()).online === isOnline) return true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return false;
}

const placeOf = ({ epoch, seq }: { readonly epoch: number; readonly seq: number }) => ({ epoch, seq });
