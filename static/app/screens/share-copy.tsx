import { useState } from "preact/hooks";
import { Banner } from "../elements/banner.tsx";
import { Icon } from "../elements/icon.tsx";
import { words } from "../messages/words.ts";
import { usePhone } from "./shown.tsx";

/** For a phone that will get no signal, or is about to die: what waits here as a file for the dispatch desk. It stays here too. */
export function ShareCopy() {
  const { phone, now } = usePhone();
  const [told, tell] = useState<{ look: "fine" | "watch"; text: string } | null>(null);
  const share = async () => {
    try {
      const copy = await phone.unsentCopy(words.copy.inside);
      if (!copy) return tell({ look: "fine", text: words.unsent.allSafe });
      await handOver(new File([copy.text], fileName(now), { type: "text/plain" }));
      tell({ look: "fine", text: words.copy.made(copy.count) });
    } catch (error) {
      if ((error as Error).name !== "AbortError") tell({ look: "watch", text: words.copy.notMade });
    }
  };
  return (
    <section class="sheet-part">
      <p class="quiet">{words.copy.when}</p>
      <button type="button" class="button" onClick={() => void share()}><Icon name="send" />{words.copy.share}</button>
      {told && <div role="status"><Banner look={told.look}>{told.text}</Banner></div>}
    </section>
  );
}

/** By the phone's own sharing where it takes a file, else as a download. A text file: phones share few other kinds. */
async function handOver(file: File): Promise<void> {
  if (navigator.canShare?.({ files: [file] })) {
    try {
      return await navigator.share({ files: [file], title: file.name });
    } catch (error) {
      if ((error as Error).name === "AbortError") throw error; // the person thought better of it
    }
  }
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: file.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), revokeAfterMs);
}

const revokeAfterMs = 60_000;

/** bihuan-unsent-202204032005.txt, by the office's clock in UTC, so that two copies do not overwrite one another. */
const fileName = (now: number): string => `bihuan-unsent-${new Date(now).toISOString().replace(/\D/g, "").slice(0, 14)}.txt`;
