import { z } from "zod";

/** As much of a JSON Schema as names members. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly type?: unknown;
}

/**
 * Every member that a shape has a name for, as `nonmember.left.sub`. What stands in a list has the name of the list; where
 * the names themselves are data (counts by class, metrics) or another shape's (arguments of orders), `counts.*`.
 */
export const membersOf = (schema: z.ZodType): readonly string[] => [
  ...new Set(named(z.toJSONSchema(schema, { io: "input" }) as Shape, [])),
];

const named = ({ properties = {}, items, anyOf = [], type }: Shape, at: readonly string[]): readonly string[] => [
  ...Object.entries(properties).flatMap(([name, shape]) => [[...at, name].join("."), ...named(shape, [...at, name])]),
  ...(type !== "object" || Object.keys(properties).length > 0 ? [] : [[...at, "*"].join(".")]),
  ...(items === undefined ? [] : named(items, at)),
  ...anyOf.flatMap((one) => named(one, at)),
];
