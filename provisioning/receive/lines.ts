import { readFileSync } from "node:fs";
import { Fault } from "../../kiosk/core/fault.ts";

/**
 * A file of JSON objects, one a line. What a line says is never repeated in an error: it may be about a person.
 *
 * @throws Fault `config-invalid` with the number of the line.
 */
export function linesOfFile<T>(file: string, form: string, parse: (line: unknown) => T): readonly T[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new Fault("config-invalid", `${file} cannot be read`, "Name a file that is there.", cause);
  }
  const lines: T[] = [];
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    try {
      lines.push(parse(JSON.parse(line)));
    } catch {
      throw new Fault("config-invalid", `${file} line ${at + 1} cannot be used`, `One a line: ${form}`);
    }
  }
  return lines;
}
