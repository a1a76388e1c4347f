export type Theme = "system" | "light" | "dark";

/** The system decides; a choice overrules it. */
export function showTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
