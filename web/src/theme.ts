// SPDX-License-Identifier: Apache-2.0
/** Light, dark, or as the machine prefers. */

type Choice = "light" | "dark" | "auto";
const KEY = "truceline-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

function stored(): Choice {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "auto";
  } catch (error) {
    if (error instanceof DOMException) return "auto"; // storage is switched off
    throw error;
  }
}

let choice: Choice = stored();

export const isDark = (): boolean => (choice === "auto" ? dark.matches : choice === "dark");

export function apply(): void {
  document.documentElement.dataset["theme"] = isDark() ? "dark" : "light";
  window.dispatchEvent(new Event("themechange"));
}

export function toggle(): void {
  choice = isDark() ? "light" : "dark";
  try {
    localStorage.setItem(KEY, choice);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
  apply();
}

dark.addEventListener("change", apply);
