import { encode } from "uqr";
import type { Wall } from "./sheet.tsx";

/**
 * The receipt: the same code to scan and to read, so that any scanner shows what a person can type. Quartile correction
 * (a quarter of it may be hidden by a reflection) and the quiet zone of the standard, four modules on every side.
 */
export function Receipt({ code, held, wall }: { readonly code: string; readonly held: boolean; readonly wall: Wall }) {
  const { receipt } = wall.words;
  return (
    <button type="button" class="receipt" onClick={() => wall.touch({ touch: "hold" })}>
      <Qr text={code} />
      <span class="receipt-words">
        <span>{receipt.say}</span>
        <bdi class="receipt-code" dir="ltr">
          {code.replaceAll("-", " ")}
        </bdi>
        <u>{held ? receipt.stays : receipt.hold}</u>
      </span>
    </button>
  );
}

const quietModules = 4;

/** Quartile correction, quiet zone and all; as large as a receipt's. */
export const Qr = ({ text }: { readonly text: string }) => {
  const { data, size } = encode(text, { ecc: "Q", border: quietModules });
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges" aria-hidden="true">
      <rect width={size} height={size} />
      <path d={dark.join("")} />
    </svg>
  );
};
