import { z } from "zod";
import { catalogue, type Entry } from "./catalogue.ts";
import { jsonText } from "./json-text.ts";

/** The published files, by path from the repository's root. */
export const schemaFiles = (): ReadonlyMap<string, string> =>
  new Map(catalogue.map((entry) => [`docs/uplink/schemas/${entry.name}.json`, jsonText(jsonSchemaOf(entry))]));

/** Any JSON without fractions: what members that are not named yet may hold. */
const integersOnly = {
  anyOf: [
    { type: ["string", "integer", "boolean", "null"] },
    { type: "array", items: { $ref: "#/$defs/integersOnly" } },
    { type: "object", additionalProperties: { $ref: "#/$defs/integersOnly" } },
  ],
};

/** JSON Schema 2020-12 of one shape, for any validator in any language. */
function jsonSchemaOf({ name, title, schema, isOutside }: Entry): object {
  const made = z.toJSONSchema(schema, {
    target: "draft-2020-12",
    io: "input",
    override: ({ jsonSchema }) => {
      const isOpen = JSON.stringify(jsonSchema.additionalProperties) === "{}";
      if (isOpen && isOutside !== true) jsonSchema.additionalProperties = { $ref: "#/$defs/integersOnly" };
    },
  });
  const { $schema, ...rest } = made;
  return {
    $schema,
    $id: `urn:lintel:schema:${name}`,
    title,
    ...rest,
    ...(isOutside === true ? {} : { $defs: { ...rest.$defs, integersOnly } }),
  };
}
