import { z } from "zod";
import { type CardText, cardHash, type HashCard, isCardHash } from "../core/card.ts";
import type { ConsentId } from "../core/consent.ts";
import { type Person, type PersonId, personId } from "../core/person.ts";
import type { Template } from "../core/ports/engine.ts";
import { type FaceTally, noLooks, windowLooks } from "../core/served.ts";

/** What one sealed file holds. */
export interface Kept {
  readonly person: Person;
  readonly template: Template | null;
  /** How the camera served this very template. Default: nothing was counted. */
  readonly looks?: FaceTally;
}

const count = z.int().min(0).max(windowLooks);

const templateHead = z.object({
  spaceId: z.string(),
  consentId: z.string(),
  createdMs: z.number(),
  /** Floats per vector, in order. */
  lengths: z.array(z.int().positive()),
});

const head1 = z.object({
  version: z.literal(1),
  displayName: z.string(),
  badges: z.array(z.string()),
  template: templateHead.nullable(),
});

const head2 = head1.extend({
  version: z.literal(2),
  lookAlikes: z.array(z.string()),
  template: templateHead
    .extend({ quality: z.number().nullable(), source: z.enum(["camera", "photographs"]) })
    .nullable(),
});

/** Badges are hashes; before, they were what the reader had said. */
const head3 = head2.extend({
  version: z.literal(3),
  badges: z.array(z.string().refine(isCardHash)),
  looks: z.object({ known: count, missed: count }).optional(),
});

type Head = z.infer<typeof head3>;
type FormerHead = z.infer<typeof head2>;

/** What was sealed before quality and source were measured was taken at the clock. */
const headSchema = z.union([
  head3,
  head2,
  head1.transform(
    ({ template, ...rest }): FormerHead => ({
      ...rest,
      version: 2,
      lookAlikes: [],
      template: template && { ...template, quality: null, source: "camera" },
    }),
  ),
]);

const lengthBytes = 4;
const floatBytes = 4;

/** Length of the JSON head (uint32, little-endian), the head, then the vectors as 32-bit little-endian floats. */
export function encodePerson({ person, template, looks = noLooks }: Kept): Uint8Array {
  const head = Buffer.from(
    JSON.stringify({
      version: 3,
      displayName: person.displayName,
      badges: [...person.badges],
      lookAlikes: [...person.lookAlikes],
      // A face that is gone leaves no numbers behind.
      ...(template !== null && looks.known + looks.missed > 0 && { looks }),
      template: template && {
        spaceId: template.spaceId,
        consentId: template.consentId,
        createdMs: template.createdMs,
        quality: template.quality,
        source: template.source,
        lengths: template.vectors.map(({ length }) => length),
      },
    } satisfies Head),
  );
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(head.length);
  const floats = (template?.vectors ?? []).map(bytesOf);
  return Buffer.concat([length, head, ...floats]);
}

export interface Decoded extends Required<Kept> {
  /** True where card numbers stood there as they are: to be written anew. */
  readonly isFormer: boolean;
}

/**
 * @param hashCard for files from before cards were hashed.
 * @throws where the bytes are not what `encodePerson` makes, or made before.
 */
export function decodePerson(id: PersonId, plain: Uint8Array, hashCard: HashCard): Decoded {
  const bytes = Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength);
  let offset = lengthBytes + bytes.readUInt32LE(0);
  const head = headSchema.parse(JSON.parse(bytes.toString("utf8", lengthBytes, offset)));
  const person: Person = {
    id,
    displayName: head.displayName,
    badges: head.version === 3 ? head.badges.map(cardHash) : head.badges.map((badge) => hashCard(formerCard(badge))),
    lookAlikes: head.lookAlikes.map(personId),
  };
  const isFormer = head.version !== 3;
  if (head.template === null) return { person, template: null, looks: noLooks, isFormer };
  const { lengths, consentId, ...about } = head.template;
  const vectors = lengths.map((length) => {
    const vector = new Float32Array(length);
    const from = bytes.subarray(offset, offset + length * floatBytes);
    if (from.length !== length * floatBytes) throw new RangeError("a vector is cut short");
    bytesOf(vector).set(from);
    offset += from.length;
    return vector;
  });
  if (offset !== bytes.length) throw new RangeError("sealed file has bytes left over");
  const template = { person: id, vectors, consentId: consentId as ConsentId, ...about };
  return { person, template, looks: (head.version === 3 ? head.looks : undefined) ?? noLooks, isFormer };
}

/** As they lie in memory: every machine that runs a clock is little-endian. */
const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Readers once said `hid` of every card whose technology nobody knew; they say `card` now. */
const formerCard = (badge: string): CardText => badge.replace(/^hid:/, "card:") as CardText;
