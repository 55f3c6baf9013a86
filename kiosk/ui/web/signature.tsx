import { useRef, useState } from "preact/hooks";
import type { ConsentAct } from "./kinds.ts";
import type { ConsentWords } from "./language/consent/words.ts";

/** A field to draw one's name in. Few points are enough to know it again, and they go nowhere but to the clock. */

interface SignatureProps {
  readonly words: ConsentWords;
  readonly canBadgePin: boolean;
  readonly act: (act: ConsentAct) => void;
}

/** Thousandths of the field's width between two points that are kept. */
const apart = 7;
const pointsMax = 690;
const strokesMax = 60;

export function Signature({ words, canBadgePin, act }: SignatureProps) {
  const field = useRef<HTMLCanvasElement>(null);
  const strokes = useRef<number[][]>([]);
  const isDown = useRef(false);
  const [hasInk, setInk] = useState(false);

  const pointOf = ({ clientX, clientY }: PointerEvent, canvas: HTMLCanvasElement): readonly [number, number] => {
    const { left, top, width } = canvas.getBoundingClientRect();
    const scaled = (px: number): number => Math.round(Math.min(1, Math.max(0, px / width)) * 1000);
    return [scaled(clientX - left), scaled(clientY - top)];
  };
  const begin = (event: PointerEvent): void => {
    const canvas = field.current;
    if (canvas === null || strokes.current.length >= strokesMax) return;
    canvas.setPointerCapture(event.pointerId);
    isDown.current = true;
    strokes.current.push([...pointOf(event, canvas)]);
  };
  const move = (event: PointerEvent): void => {
    const canvas = field.current;
    const stroke = strokes.current.at(-1);
    if (!isDown.current || canvas === null || stroke === undefined) return;
    const [fromX = 0, fromY = 0] = stroke.slice(-2);
    const [x, y] = pointOf(event, canvas);
    const count = strokes.current.reduce((sum, { length }) => sum + length / 2, 0);
    if (Math.hypot(x - fromX, y - fromY) < apart || count >= pointsMax) return;
    stroke.push(x, y);
    draw(canvas, [fromX, fromY], [x, y]);
    if (!hasInk) setInk(true);
  };
  const end = (): void => {
    isDown.current = false;
  };
  const again = (): void => {
    const canvas = field.current;
    strokes.current = [];
    canvas?.getContext("2d")?.clearRect(0, 0, canvas.width, canvas.height);
    setInk(false);
  };
  const drawn = (): readonly (readonly number[])[] => strokes.current.filter(({ length }) => length >= 4);

  return (
    <div class="signature">
      <canvas
        ref={field}
        class="signature-field"
        width={1200}
        height={400}
        role="img"
        aria-label={words.field}
        onPointerDown={begin}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
      />
      <div class="signature-ways">
        <button type="button" class="way" disabled={!hasInk} onClick={() => act({ act: "sign", strokes: drawn() })}>
          {words.done}
        </button>
        <button type="button" class="way" disabled={!hasInk} onClick={again}>
          {words.again}
        </button>
        {canBadgePin && (
          <button type="button" class="way" onClick={() => act({ act: "badge-pin" })}>
            {words.badgePin}
          </button>
        )}
      </div>
    </div>
  );
}

function draw(
  canvas: HTMLCanvasElement,
  [fromX, fromY]: readonly [number, number],
  to: readonly [number, number],
): void {
  const pen = canvas.getContext("2d");
  if (pen === null) return;
  const scale = canvas.width / 1000;
  pen.strokeStyle = getComputedStyle(canvas).color;
  pen.lineWidth = 7;
  pen.lineCap = "round";
  pen.beginPath();
  pen.moveTo(fromX * scale, fromY * scale);
  pen.lineTo(to[0] * scale, to[1] * scale);
  pen.stroke();
}
