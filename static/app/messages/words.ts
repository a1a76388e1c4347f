// The words of the language in use. `words` is a live binding: after `speak` every screen that is drawn again uses the other one.
import { en } from "./en.ts";
import { zh, type Messages } from "./zh.ts";

export type Language = "zh" | "en";

export let words: Messages = zh;
export let language: Language = "zh";

const KEPT = "language";

/** Take a language, keep it for the next start and tell the page, so that a screen reader speaks it too. */
export function speak(chosen: Language): void {
  localStorage.setItem(KEPT, chosen);
  use(chosen);
}

/** The language chosen last; Chinese until someone chose. */
export function speakAsBefore(): void {
  use(localStorage.getItem(KEPT) === "en" ? "en" : "zh");
}

/** The word for a code that a record brought, or the code itself when this version does not know it. */
export const wordFor = (codes: Readonly<Record<string, string>>, code: string): string => codes[code] ?? code;

function use(chosen: Language): void {
  language = chosen;
  words = chosen === "en" ? en : zh;
  document.documentElement.lang = chosen === "en" ? "en" : "zh-CN";
}
