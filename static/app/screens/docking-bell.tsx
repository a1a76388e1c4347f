import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../elements/icon.tsx";
import { words } from "../messages/words.ts";
import { arrivalsOf } from "./arrival-words.ts";
import { isReceiver, usePhone } from "./shown.tsx";

let sound: AudioContext | null = null;

/** A browser lets a page sound only after a tap: the first one anywhere opens it. */
export function openSoundAtFirstTap(): void {
  addEventListener("pointerdown", () => void openSound(), { once: true });
}

async function openSound(): Promise<void> {
  sound ??= new AudioContext();
  await sound.resume();
}

/** Two short tones, as a telephone's. */
function ring(): void {
  if (sound?.state !== "running") return;
  for (const [start, pitch] of [[0, 880], [0.25, 1175], [0.8, 880], [1.05, 1175]] as const) {
    const tone = new OscillatorNode(sound, { frequency: pitch });
    const volume = new GainNode(sound, { gain: 0.4 });
    tone.connect(volume).connect(sound.destination);
    tone.start(sound.currentTime + start);
    tone.stop(sound.currentTime + start + 0.2);
  }
}

/** Rings on whatever screen is open when a docking request comes that this phone has not shown yet, and says so on top. */
export function DockingBell() {
  const shown = usePhone();
  const known = useRef<Set<string> | null>(null);
  const [fresh, setFresh] = useState<string | null>(null);
  const asked = isReceiver(shown) ? arrivalsOf(shown).filter(({ dock }) => dock.state === "asked").map(({ id }) => id) : [];
  useEffect(() => {
    const news = known.current && asked.find((id) => !known.current!.has(id));
    if (shown.state.complete) known.current = new Set([...(known.current ?? []), ...asked]);
    if (!news) return;
    setFresh(news);
    ring();
  }, [asked.join(), shown.state.complete]);
  if (!fresh || !asked.includes(fresh)) return null;
  return (
    <div role="alert">
      <a class="strip bell" href={`#/transfer/${fresh}/answer`} onClick={() => setFresh(null)}><Icon name="bell" /><b>{words.arrivals.newRequest}</b><Icon name="next" /></a>
    </div>
  );
}

/** Shown until the sound is open, so that nobody waits for a bell that cannot ring. */
export function SoundButton() {
  const [on, setOn] = useState(sound?.state === "running");
  if (on) return null;
  const open = () => void openSound().then(() => { setOn(true); ring(); });
  return <p class="row"><button type="button" class="button" onClick={open}><Icon name="bell" />{words.arrivals.sound}</button></p>;
}
