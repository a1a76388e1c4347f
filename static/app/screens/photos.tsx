import { useEffect, useId, useState } from "preact/hooks";
import { Banner } from "../elements/banner.tsx";
import { words } from "../messages/words.ts";
import { scaledPhoto } from "./scaled-photo.ts";
import { usePhone } from "./shown.tsx";

/**
 * Photos beside a form: each is on this phone's disk before it is shown here. One that cannot be kept stops nothing; while one is being
 * kept (`onKeeping`), a slow phone takes seconds, the form is not saved: it would be named by nothing, and never sent.
 */
export function Photos({ taken, onChange, onKeeping }: { taken: string[]; onChange: (taken: string[]) => void; onKeeping: (keeping: boolean) => void }) {
  const { pictures } = usePhone().phone;
  const [state, setState] = useState<"ready" | "keeping" | "failed">("ready");
  const id = useId();
  if (!pictures.possible) return null;
  const keep = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    input.value = "";
    if (!file) return;
    setState("keeping");
    onKeeping(true);
    try {
      const hash = await pictures.keep(await scaledPhoto(file));
      onChange([...taken.filter((other) => other !== hash), hash]);
      setState("ready");
    } catch {
      setState("failed");
    } finally {
      onKeeping(false);
    }
  };
  const drop = (hash: string) => {
    onChange(taken.filter((other) => other !== hash));
    void pictures.drop(hash);
  };
  return (
    <div class="field">
      <span class="hint">{words.photos.title}</span>
      {taken.length > 0 && <ul class="photos">{taken.map((hash, place) => <Photo key={hash} hash={hash} number={place + 1} onDrop={() => drop(hash)} />)}</ul>}
      {state === "failed" && <Banner look="watch">{words.photos.notKept}</Banner>}
      {taken.length < photosMost && (
        <label class="button file" for={id}>
          {state === "keeping" ? words.photos.keeping : words.photos.take}
          <input id={id} class="unseen" type="file" accept="image/*" capture="environment" disabled={state === "keeping"} onChange={(event) => void keep(event.currentTarget)} />
        </label>
      )}
    </div>
  );
}

const photosMost = 5;

function Photo({ hash, number, onDrop }: { hash: string; number: number; onDrop: () => void }) {
  const { pictures } = usePhone().phone;
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let open = true;
    pictures.read(hash).then((bytes) => { if (open && bytes) setAddress((made = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" })))); }, () => undefined);
    return () => { open = false; if (made) URL.revokeObjectURL(made); };
  }, [hash]);
  return (
    <li>
      {address && <img src={address} alt={words.photos.one(number)} />}
      <button type="button" class="button" onClick={onDrop}>{words.photos.drop(number)}</button>
    </li>
  );
}
