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
    const phone = await openPhone(async (error) => {
      tell(error, place);
      await new Promise((again) => setTimeout(again, triedAgainAfterMs));
    });
    await speak(languageOf(phone));
    showTheme((phone.preference("theme") as Theme | null) ?? "system");
    render(<ShownPhone phone={phone}>{() => { tellTimeIn(phone.view.settings.time_zone); return <App />; }}</ShownPhone>, place);
  } catch (error) {
    tell(error, place);
  }
}

/** A store that another tab holds opens when that lets go, and one of a browser that wakes up in a while. */
function tell(error: unknown, place: HTMLElement): void {
  console.error(error);
  const { notOpen, broken } = words.faults;
  const isHeld = ["storage_blocked", "storage_newer"].includes((error as { code?: string }).code ?? "");
  render(<main><Banner look="stop">{isHeld ? notOpen : broken}</Banner></main>, place);
}

const triedAgainAfterMs = 3_000;

function languageOf(phone: Phone): "zh" | "en" {
  const chosen = phone.preference("language") ?? phone.user?.language;
  return chosen === "en" ? "en" : "zh";
}
