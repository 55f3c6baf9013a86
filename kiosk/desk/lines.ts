/** Cuts a stream of bytes into lines of a bounded length. */
export interface Lines {
  /**
   * Takes what arrived and gives the lines that are whole now, without their ends.
   * @throws RangeError once a line is longer than `maxBytes`; nothing is kept of it.
   */
  readonly take: (chunk: Uint8Array) => readonly string[];
}

const newline = 0x0a;

export function openLines(maxBytes: number): Lines {
  let parts: Uint8Array[] = [];
  let heldBytes = 0;
  const hold = (part: Uint8Array): void => {
    heldBytes += part.length;
    if (heldBytes > maxBytes) {
      parts = [];
      throw new RangeError("a line is too long");
    }
    parts.push(part);
  };
  return {
    take: (chunk) => {
      const lines: string[] = [];
      let start = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
        hold(chunk.subarray(start, end));
        lines.push(Buffer.concat(parts).toString("utf8"));
        parts = [];
        heldBytes = 0;
        start = end + 1;
      }
      if (start < chunk.length) hold(chunk.subarray(start));
      return lines;
    },
  };
}
