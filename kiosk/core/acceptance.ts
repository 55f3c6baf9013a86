import type { PersonId } from "./person.ts";
import type { Position } from "./record.ts";
import type { Box, FaceLit } from "./sight.ts";

/**
 * What a technician may ask of a clock on its wall while the site is accepted, and what the clock measured. No picture, no
 * template and nobody's name is in here: how bright a face was, whether something was believed to be alive, and which
 * records were written.
 */

export type AcceptanceWish =
  /** What is tested: the device, its software and its thresholds. Comes first, and says in the journal that a test begins. */
  | { readonly of: "begin" }
  /** How the face of whoever stands there is lit and framed. Nobody is looked for. */
  | { readonly of: "light"; readonly forS: number }
  /** One presentation, of a living person or of an attack; `species` is a code, `bona-fide` for a living person. */
  | { readonly of: "present"; readonly species: string }
  /** Waits until a test person has punched. */
  | { readonly of: "watch"; readonly people: readonly PersonId[]; readonly method: TestMethod; readonly forS: number }
  /** Waits until all of these records are receipted. */
  | { readonly of: "receipts"; readonly at: readonly Position[]; readonly forS: number }
  /** A demo's own cable; anywhere else a hand pulls it. */
  | { readonly of: "network"; readonly state: "cut" | "connected" }
  /** Signs the hash of a report with the record key, as a record of its own. */
  | { readonly of: "sign"; readonly h: string; readonly n: number };

export const testMethods = ["face", "card", "pin", "qr", "any"] as const;
export type TestMethod = (typeof testMethods)[number];

export const bonaFide = "bona-fide";

export interface AcceptanceFacts {
  readonly by: string;
  readonly device: string;
  readonly kid: string;
  readonly tenant: string;
  readonly site: string;
  readonly place: string;
  readonly release: string;
  readonly node: string;
  readonly spaceId: string;
  readonly models: readonly { readonly kind: string; readonly file: string; readonly sha256: string }[];
  readonly ways: readonly string[];
  readonly thresholds: {
    readonly liveMin: number;
    readonly liveSure: number;
    readonly challengeShare: number;
    readonly lookMs: number;
    readonly challengeMs: number;
  };
  readonly receiver: string;
  /** A room of this clock is pretended: what is measured is no wall. */
  readonly isSimulated: boolean;
  /** True where the clock can cut its own cable, which only a demo's can. */
  readonly canCut: boolean;
}

export interface LightSeen {
  readonly of: "light";
  /** Pictures that were looked at, those with a face in the zone, and those that could be used. */
  readonly pictures: number;
  readonly faces: number;
  readonly good: number;
  /** Why the others could not, by code. */
  readonly problems: Readonly<Record<string, number>>;
  /** Medians over the pictures with a face; null where there was none. */
  readonly lit: FaceLit | null;
  readonly box: Box | null;
}

export interface Presented {
  readonly of: "present";
  readonly species: string;
  /** accepted: the clock would have believed it. refused: it would not. no-response: it came to no answer. */
  readonly is: "accepted" | "refused" | "no-response";
  /** How it was believed, or why not: `score`, `movement`; `not-live`, `not-sure`; `no-face`, `left`, a problem of the face. */
  readonly why: string;
  /** The highest passive score that the presentation reached, in [0, 1]; null where there was none. */
  readonly score: number | null;
  /** Movements that were asked for. */
  readonly asked: number;
  readonly tookMs: number;
}

export interface TestPunch extends Position {
  readonly rh: string;
  readonly methods: readonly string[];
  readonly utcMs: number;
  /** A kind was taken that nobody chose, or a person should look at it. */
  readonly flags: readonly string[];
}

export interface Watched {
  readonly of: "watch";
  /** Null where none came in time. */
  readonly punch: TestPunch | null;
  /** Punches of others meanwhile: they are working time and none of the test's. */
  readonly others: number;
  readonly online: boolean;
}

export interface Receipts {
  readonly of: "receipts";
  readonly receipted: number;
  readonly wanted: number;
  readonly online: boolean;
  readonly receiver: string;
  readonly tookMs: number;
}

export interface Cut {
  readonly of: "network";
  readonly state: "cut" | "connected";
}

/** The signed record whose `out.h` is the hash of the report. */
export interface SignedReport extends Position {
  readonly of: "sign";
  readonly jws: string;
}

export type AcceptanceAnswer = AcceptanceFacts | LightSeen | Presented | Watched | Receipts | Cut | SignedReport;

/** How a presentation or a measurement goes, for the technician's terminal. */
export interface AcceptanceNews {
  readonly test: "look" | "nobody" | "turn-left" | "turn-right" | "blink" | "step-away";
  /** What is wrong with the face, by code. */
  readonly problem: string | null;
}
