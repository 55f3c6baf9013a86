const width = 120;

/**
 * JSON as the house formats it, so that a generated file is what the formatter would leave alone: two spaces, objects
 * one member a line, arrays of plain values on one line where they fit.
 */
export const jsonText = (value: unknown): string => `${print(value, 0, 0)}\n`;

/** @param before characters that already stand on the line. */
function print(value: unknown, depth: number, before: number): string {
  if (Array.isArray(value)) return printArray(value, depth, before);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const lines = members.map(([name, member]) => {
    const key = `${JSON.stringify(name)}: `;
    return key + print(member, depth + 1, 2 * (depth + 1) + key.length);
  });
  return block("{", lines, "}", depth);
}

function printArray(values: readonly unknown[], depth: number, before: number): string {
  const hasObjects = values.some((value) => typeof value === "object" && value !== null && !Array.isArray(value));
  const line = `[${values.map((value) => print(value, depth, 0)).join(", ")}]`;
  // One for the comma that may follow.
  if (!hasObjects && !line.includes("\n") && before + line.length + 1 <= width) return line;
  const lines = values.map((value) => print(value, depth + 1, 2 * (depth + 1)));
  return block("[", lines, "]", depth);
}

function block(open: string, lines: readonly string[], close: string, depth: number): string {
  if (lines.length === 0) return open + close;
  const indent = "  ".repeat(depth);
  return `${open}\n${lines.map((line) => `${indent}  ${line}`).join(",\n")}\n${indent}${close}`;
}
