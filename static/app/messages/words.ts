// The words of the language in use. `words` is a live binding: after `speak` every screen that is drawn again uses the other one.
import { zh, type Messages } from "./zh.ts";

export type Language = "zh" | "en";

export let words: Messages = zh;
export let language: Language = "zh";

/**
 * Take a language and tell the page, so that a screen reader speaks it too. Draw the screens again afterwards. English is a part
 * of its own, since most phones never ask for it; the worker holds it, so it needs no network. False where a phone that has just met
 * the app cannot get it: the words stay as they are.
 */
export async function speak(chosen: Language): Promise<boolean> {
  try {
    words = chosen === "en" ? (await import("./en.ts")).en : zh;
  } catch {
    return false;
  }
  language = chosen;
  document.documentElement.lang = chosen === "en" ? "en" : "zh-CN";
  return true;
}

/** The word for a code that a record brought, or the code itself when this version does not know it. */
export const wordFor = (codes: Readonly<Record<string, string>>, code: string): string => codes[code] ?? code;
