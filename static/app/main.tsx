import { render } from "preact";
import { Banner } from "./elements/banner.tsx";
import { tellTimeIn } from "./messages/times.ts";
import { speak, words } from "./messages/words.ts";
import { App } from "./screens/app.tsx";
import { openSoundAtFirstTap } from "./screens/docking-bell.tsx";
import { watchFingers } from "./screens/saving.tsx";
import { ShownPhone } from "./screens/shown.tsx";
import { showTheme, type Theme } from "./screens/theme.ts";
import { keepShell } from "./screens/update.ts";
import { openPhone, type Phone } from "./sync/phone.ts";

void start(document.getElementById("phone")!);

/** Open what the phone holds and draw it; nothing here waits for the network. */
async function start(place: HTMLElement): Promise<void> {
  openSoundAtFirstTap();
  watchFingers();
  void keepShell();
  try {
    const phone = await openPhone();
    await speak(languageOf(phone));
    showTheme((phone.preference("theme") as Theme | null) ?? "system");
    render(<ShownPhone phone={phone}>{() => { tellTimeIn(phone.view.settings.time_zone); return <App />; }}</ShownPhone>, place);
  } catch (error) {
    console.error(error);
    const { storageBlocked, storageNewer, broken } = words.faults;
    const { code } = error as { code?: string };
    const said = code === "storage_blocked" ? storageBlocked : code === "storage_newer" ? storageNewer : broken;
    render(<main><Banner look="stop">{said}</Banner></main>, place);
  }
}

function languageOf(phone: Phone): "zh" | "en" {
  const chosen = phone.preference("language") ?? phone.user?.language;
  return chosen === "en" ? "en" : "zh";
}
