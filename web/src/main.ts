// SPDX-License-Identifier: Apache-2.0
/** The page: asks what is here (results of a run, a commission's desk, or both), then shows one screen for each address. */

import "@fontsource-variable/source-sans-3/wght.css";
import "@fontsource-variable/source-serif-4/opsz.css";
import "./style.css";
import { App } from "./app";
import { NoAnswer, Refused } from "./commission/api";
import { openDesk, type Desk } from "./commission/desk";
import { h, replace } from "./dom";
import { Model } from "./model";
import * as theme from "./theme";
import type { Page } from "./types";

/** A desk that does not answer is told; results are shown all the same. */
async function desk(provider: string | null): Promise<Desk | string> {
  try {
    return await openDesk(provider);
  } catch (error) {
    if (error instanceof Refused || error instanceof NoAnswer) return error.message;
    throw error;
  }
}

/** What a server says of itself; `drill` only in a drill. */
interface Here {
  drill?: { word: string; id: string; name: string; since: string };
  results: boolean;
  commission: boolean;
  provider: string | null;
}

/** Says on every screen, on paper and in the tab's title that all of this is a drill. */
function banner(drill: NonNullable<Here["drill"]>): void {
  const mark = `${drill.word} · `;
  const told = `${drill.word} ${drill.word} ${drill.word}: ${drill.name}. Nothing of this is real.`;
  document.body.prepend(h("p", { class: "drill-banner", role: "note" }, told));
  document.body.classList.add("in-drill");
  const title = document.querySelector("title") as HTMLTitleElement;
  const marked = (): void => {
    if (!document.title.startsWith(mark)) document.title = mark + document.title;
  };
  marked();
  new MutationObserver(marked).observe(title, { childList: true });
}

async function boot(): Promise<void> {
  theme.apply();
  const root = document.getElementById("app") as HTMLElement;
  const here = (await (await fetch("/api/v1/here")).json()) as Here;
  if (here.drill) banner(here.drill);
  const [answer, found] = await Promise.all([here.results || !here.commission ? fetch("/api/v1/page") : null, here.commission ? desk(here.provider) : null]);
  const work = typeof found === "string" ? null : found;
  if (!answer?.ok && !work) {
    const problem = answer ? ((await answer.json()) as { detail?: string }) : null;
    replace(root, h("p", { class: "boot", role: "alert" }, (found as string | null) ?? problem?.detail ?? `The server answers ${answer?.status}.`));
    return;
  }
  const page = answer?.ok ? ((await answer.json()) as Page) : null;
  performance.mark("page-json");
  new App(page && new Model(page), work, root);
  performance.mark("first-screen");
}

void boot();
