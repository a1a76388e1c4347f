import { useState } from "preact/hooks";
import { Banner } from "../elements/banner.tsx";
import { speak, type Language } from "../messages/words.ts";
import { usePhone } from "./shown.tsx";

/** The language that was chosen here, how to choose another one, and what to show where that one could not be had. */
export function useLanguage() {
  const { phone } = usePhone();
  const [missing, setMissing] = useState(false);
  const choose = async (other: Language) => {
    const spoken = await speak(other);
    setMissing(!spoken);
    if (spoken) phone.setPreference("language", other);
  };
  const chosen: Language = phone.preference("language") === "en" ? "en" : "zh";
  return { chosen, choose: (other: Language) => void choose(other), missing: missing && <Banner look="stop">{NOT_HAD}</Banner> };
}

// Only English is a part of its own. Who asks for it may read nothing else.
const NOT_HAD = "英文没有下载到，有信号时再选一次。English could not be loaded. Choose it again when there is a signal.";
