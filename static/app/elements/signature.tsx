import { useEffect, useRef } from "preact/hooks";

interface Pen { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D }

/** A line to sign on with a finger. `onDrawn` is given the canvas after each stroke, and null when it was wiped. */
export function Signature({ label, wipe, onDrawn }: { label: string; wipe: string; onDrawn: (canvas: HTMLCanvasElement | null) => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef(false);
  const begin = (event: PointerEvent) => {
    drawing.current = true;
    const { canvas: sheet, context } = penOn(canvas.current!);
    sheet.setPointerCapture(event.pointerId);
    context.beginPath();
    context.moveTo(...placeOf(sheet, event));
  };
  const go = (event: PointerEvent) => {
    if (!drawing.current) return;
    const { canvas: sheet, context } = penOn(canvas.current!);
    context.lineTo(...placeOf(sheet, event));
    context.stroke();
  };
  const end = () => {
    if (drawing.current) onDrawn(canvas.current);
    drawing.current = false;
  };
  const clear = () => {
    whiten(canvas.current!);
    onDrawn(null);
  };
  useEffect(() => whiten(canvas.current!), []);
  return (
    <div class="signature">
      <canvas ref={canvas} width={640} height={240} role="img" aria-label={label} onPointerDown={begin} onPointerMove={go} onPointerUp={end} onPointerCancel={end} />
      <button type="button" class="button" onClick={clear}>{wipe}</button>
    </div>
  );
}

function penOn(canvas: HTMLCanvasElement): Pen {
  const context = canvas.getContext("2d")!;
  [context.lineWidth, context.lineCap, context.lineJoin] = [5, "round", "round"];
  return { canvas, context };
}

/** Paper: what is signed in a dark theme is read in a light one too. */
function whiten(canvas: HTMLCanvasElement): void {
  const context = canvas.getContext("2d")!;
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
}

/** Where a finger is, in the canvas's own measure. */
function placeOf(canvas: HTMLCanvasElement, event: PointerEvent): [number, number] {
  const box = canvas.getBoundingClientRect();
  return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
}
