// SPDX-License-Identifier: Apache-2.0
/** The keyboard: one table, which the help shows too. */

import { h } from "./dom";

export const KEYS: [string, string][] = [
  ["Ctrl K", "find or do anything"],
  ["/", "search"],
  ["j, k", "next, previous: event on Now, on Events and on an event; line in a list"],
  ["Enter", "open the chosen event: on Now and on Events"],
  ["[, ]", "on Now: previous, next pass"],
  [", .", "on Now: ten minutes back, forward"],
  ["Space", "on Now: play; it stops at every gap"],
  ["m", "on Now: mark a span from here, and again to here"],
  ["s", "on Now: one side of the line, the other, or both"],
  ["c", "on Now: coverage or probability"],
  ["r", "the other line"],
  ["d", "dark or light"],
  ["Esc", "back to Now, or close"],
  ["?", "these keys"],
];

export interface KeyActs {
  palette: () => void;
  screen: (name: string) => void;
  step: (by: number) => void;
  pass: (by: number) => void;
  shift: (seconds: number) => void;
  /** False where nothing can be played. */
  play: () => boolean;
  mark: () => void;
  side: () => void;
  open: () => void;
  layer: () => void;
  line: () => void;
  theme: () => void;
  back: () => void;
  help: () => void;
}

/** How long `g` waits for its letter: long enough for slow hands, and for a slow machine between two keys. */
const WAIT_MS = 5000;

/** Where `g` and a letter lead: letter, screen, label. */
export type Gotos = [string, string, string][];

export function listen(acts: KeyActs, gotos: Gotos): void {
  let waiting = 0;
  document.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") {
      e.preventDefault();
      acts.palette();
      return;
    }
    const target = e.target as HTMLElement;
    if (e.ctrlKey || e.metaKey || e.altKey || target.closest("input, select, textarea, dialog")) return;
    const to = gotos.find(([key]) => key === e.key);
    if (performance.now() - waiting < WAIT_MS && to) {
      waiting = 0;
      acts.screen(to[1]);
      return;
    }
    waiting = e.key === "g" ? performance.now() : 0;
    const table: Record<string, () => void> = {
      "/": acts.palette,
      j: () => acts.step(1),
      k: () => acts.step(-1),
      "[": () => acts.pass(-1),
      "]": () => acts.pass(1),
      ",": () => acts.shift(-600),
      ".": () => acts.shift(600),
      m: acts.mark,
      s: acts.side,
      c: acts.layer,
      r: acts.line,
      d: acts.theme,
      "?": acts.help,
      Escape: acts.back,
    };
    const act = table[e.key];
    if (e.key === " ") {
      // Where space already means something, as on a button or in a list that scrolls, it keeps its meaning.
      if (!target.closest("a, button, summary, .rows, .scroll") && acts.play()) e.preventDefault();
    } else if (act) {
      e.preventDefault();
      act();
    } else if (e.key === "Enter" && !target.closest("a, button, summary")) acts.open();
  });
}

export function help(gotos: Gotos): void {
  const rows = [...KEYS.slice(0, 2), ...gotos.map(([key, , label]): [string, string] => [`g then ${key}`, label]), ...KEYS.slice(2)];
  const dialog = h(
    "dialog",
    { class: "keys", "aria-label": "Keys" },
    h("h2", {}, "Keys"),
    h("dl", {}, rows.map(([key, what]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, what)])),
    h("button", { class: "button", type: "button", click: () => dialog.close() }, "Close"),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
