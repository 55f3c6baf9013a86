import { z } from "zod";
import { badgeId, type Person, type PersonId } from "../core/person.ts";
import type { Template } from "../core/ports.ts";

/** What one sealed file holds. */
export interface Kept {
  readonly person: Person;
  readonly template: Template | null;
}

const headSchema = z.object({
  version: z.literal(1),
  displayName: z.string(),
  badges: z.array(z.string()),
  template: z
    .object({
      spaceId: z.string(),
      consentId: z.string(),
      createdMs: z.number(),
      /** Floats per vector, in order. */
      lengths: z.array(z.int().positive()),
    })
    .nullable(),
});

const lengthBytes = 4;
const floatBytes = 4;

/** Length of the JSON head (uint32, little-endian), the head, then the vectors as 32-bit little-endian floats. */
export function encodePerson({ person, template }: Kept): Uint8Array {
  const head = Buffer.from(
    JSON.stringify({
      version: 1,
      displayName: person.displayName,
      badges: [...person.badges],
      template: template && {
        spaceId: template.spaceId,
        consentId: template.consentId,
        createdMs: template.createdMs,
        lengths: template.vectors.map(({ length }) => length),
      },
    } satisfies z.input<typeof headSchema>),
  );
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(head.length);
  const floats = (template?.vectors ?? []).map((vector) => {
    const bytes = Buffer.alloc(vector.length * floatBytes);
    for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * floatBytes);
    return bytes;
  });
  return Buffer.concat([length, head, ...floats]);
}

/** @throws where the bytes are not what `encodePerson` makes. */
export function decodePerson(id: PersonId, plain: Uint8Array): Kept {
  const bytes = Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength);
  let offset = lengthBytes + bytes.readUInt32LE(0);
  const head = headSchema.parse(JSON.parse(bytes.toString("utf8", lengthBytes, offset)));
  const person = { id, displayName: head.displayName, badges: head.badges.map(badgeId) };
  if (head.template === null) return { person, template: null };
  const { lengths, ...about } = head.template;
  const vectors = lengths.map((length) => {
    const vector = Float32Array.from({ length }, (_, index) => bytes.readFloatLE(offset + index * floatBytes));
    offset += length * floatBytes;
    return vector;
  });
  if (offset !== bytes.length) throw new RangeError("sealed file has bytes left over");
  return { person, template: { person: id, vectors, ...about } };
}
