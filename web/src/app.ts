// SPDX-License-Identifier: Apache-2.0
/** The page's frame: bars, keys, and one screen for each address. */

import { lastState, offline } from "./commission/api";
import type { Desk } from "./commission/desk";
import { Live } from "./commission/live";
import { commissionScreen, LIVE, PARENT as OF_WORK, places, standing } from "./commission/screens";
import { told } from "./commission/view";
import { h, replace } from "./dom";
import { help, listen } from "./keys";
import { clock, date, type Model } from "./model";
import { Palette, type Entry } from "./palette";
import { PARENT, Results, SCREENS } from "./results";
import { address, current, go, type Route } from "./route";
import { logo } from "./symbols";
import * as theme from "./theme";

const exercise = (desk: Desk): HTMLElement => h("p", { class: "exercise" }, h("b", {}, "EXERCISE"), h("span", {}, `${desk.terms.title.replace(/^EXERCISE:?\s*/, "")}. Nothing here has happened.`));

export class App {
  private readonly main = h("main", { id: "main", tabindex: "-1" });
  private readonly nav = h("nav", { class: "nav", "aria-label": "Screens" });
  private readonly work = h("nav", { class: "nav work", "aria-label": "The commission’s work" });
  private readonly bar = h("div", { class: "news", role: "status" });
  private readonly results: Results | null;
  private readonly palette: Palette;
  private readonly live: Live | null;
  private shown = "";
  private said = "";

  constructor(
    private readonly model: Model | null,
    private readonly desk: Desk | null,
    root: HTMLElement,
  ) {
    this.results = model && new Results(model, this.main);
    this.palette = new Palette(model, this.acts(), (lon, lat) => {
      go(address("now"));
      this.results?.now.fly(lon, lat);
    });
    this.live = desk?.signedIn && !desk.unfinished ? new Live(() => this.news()) : null;
    replace(root, h("a", { class: "skip", href: "#main", click: (e: Event) => (e.preventDefault(), this.main.focus()) }, "Skip to the content"), h("header", {}, this.top(), desk && this.second(desk), desk?.exercise && exercise(desk)), this.bar, this.main);
    this.attend();
    this.keys();
    this.show();
  }

  private attend(): void {
    window.addEventListener("hashchange", () => this.show());
    window.addEventListener("connection", () => this.news());
    window.addEventListener("drawn", () => this.news());
    window.addEventListener("signedout", () => {
      if (current().screen !== "sign-in") go(address("sign-in", "", { back: location.hash }, false));
    });
    // A form that was sent draws its screen anew and says what became of it.
    window.addEventListener("again", (event) => {
      this.show();
      this.news((event as CustomEvent<string>).detail);
    });
  }

  private keys(): void {
    const on = (act: (r: Results) => void): (() => void) => () => this.results?.onNow && act(this.results);
    listen(
      {
        palette: () => this.palette.show(),
        screen: (name) => go(address(name)),
        step: (by) => (this.inList(by) ? undefined : this.results?.step(by)),
        pass: (by) => this.results?.pass(by),
        shift: (seconds) => this.results?.shift(seconds),
        play: () => (this.results?.onNow ? (this.results.now.play(), true) : false),
        mark: on((r) => r.now.mark()),
        side: on((r) => r.now.side()),
        open: () => this.results?.open(),
        layer: on((r) => r.layer()),
        line: () => this.results?.line(),
        theme: theme.toggle,
        back: () => (this.results?.now.closeDrawer() || this.results?.onNow ? undefined : go(address(this.home()))),
        help: () => help(this.gotos()),
      },
      this.gotos(),
    );
  }

  /** Where `g` and a letter lead: the commission's places first, then the results'. */
  private gotos(): [string, string, string][] {
    const work: [string, string, string][] = this.desk ? places(this.desk).map((p) => [p.key, p.name, p.label]) : [];
    const results = this.model ? SCREENS.filter(([, , key]) => key).map(([name, label, key]): [string, string, string] => [key, name, label]) : [];
    const claims: [string, string, string][] = this.model && !this.desk ? [["c", "claims", "Claims"]] : [];
    return [...work, ...claims, ...results];
  }

  private home(): string {
    if (this.results) return "now";
    return this.desk?.unfinished ? "account" : this.desk?.signedIn ? "queue" : "findings";
  }

  private top(): HTMLElement {
    const m = this.model;
    return h(
      "div",
      { class: "top" },
      h("a", { class: "brand", href: `#/${this.home()}` }, logo(), "Truceline"),
      m && this.nav,
      h("span", { class: "grow" }),
      h("button", { class: "find", type: "button", click: () => this.palette.show() }, "Find or do", h("kbd", {}, "Ctrl K")),
      m && h("div", { class: "stamp" }, h("b", {}, `to ${date(m.end)} ${clock(m.end)} UTC`), h("br"), `${clock(m.end, m.offset)} local, ${m.page.truce.local}`),
      h("button", { class: "icon", type: "button", "aria-label": "Dark or light", title: "Dark or light", click: theme.toggle }, "◐"),
      h("button", { class: "icon", type: "button", "aria-label": "Keys", title: "Keys", click: () => help(this.gotos()) }, "?"),
    );
  }

  private second(desk: Desk): HTMLElement {
    const [role, caveat] = standing(desk);
    return h(
      "div",
      { class: "workbar" },
      this.work,
      h("span", { class: "grow" }),
      desk.signedIn ? h("a", { class: "person", href: "#/account" }, h("b", {}, role), h("span", {}, caveat)) : h("a", { class: "person", href: "#/sign-in" }, h("b", {}, "Sign in"), h("span", {}, caveat)),
    );
  }

  private show(): void {
    const route = this.route();
    const name = PARENT[route.screen] ?? OF_WORK[route.screen] ?? route.screen;
    const tab = (key: string, label: string, count = ""): HTMLElement => h("a", { href: address(key, "", {}, this.model !== null && SCREENS.some(([one]) => one === key)), "aria-current": key === name ? "page" : null }, label, count && h("span", {}, count));
    const { model, desk } = this;
    if (model) replace(this.nav, SCREENS.map(([key, label, , count]) => tab(key, label, count(model))));
    if (desk) replace(this.work, places(desk).map((p) => tab(p.name, p.label)));
    const label = [...SCREENS.map(([key, text]) => [key, text]), ...(desk ? places(desk).map((p) => [p.name, p.label]) : [])].find(([key]) => key === name)?.[1] ?? (route.screen === "sign-in" ? "Sign in" : "Truceline");
    document.title = `${label} · ${model?.page.watch.title ?? desk?.terms.title ?? ""} · Truceline`;
    const place = `${route.screen}/${route.id}`;
    const moved = this.shown !== "" && this.shown !== place;
    this.render(route);
    this.shown = place;
    if (moved) {
      scrollTo(0, 0);
      this.main.focus({ preventScroll: true });
    }
    document.body.dataset["screen"] = route.screen;
    this.said = "";
    this.live?.seen();
    this.news();
  }

  /** Where somebody without a second factor, or without results, is led instead. */
  private route(): Route {
    const route = current();
    if (this.desk?.unfinished) return { ...route, screen: "account" };
    if (location.hash === "" && !this.model) return { ...route, screen: this.home() };
    return route;
  }

  private render(route: Route): void {
    const screen = this.results?.screen(route) ?? (this.desk && commissionScreen(this.desk, route));
    if (screen) {
      replace(this.main, screen);
      return;
    }
    if (!this.results) {
      replace(this.main, h("div", { class: "screen body" }, h("h1", {}, "Nothing of that name"), h("p", {}, h("a", { href: `#/${this.home()}` }, "Back to the beginning"))));
      return;
    }
    if (!this.results.now.el.isConnected) replace(this.main, this.results.now.el);
    this.results.now.update(route);
  }

  /** What the reader should know now: no connection, news behind the page, or what became of what was sent. */
  private news(said?: string): void {
    const off = offline();
    this.said = said ?? this.said;
    for (const one of document.querySelectorAll<HTMLButtonElement | HTMLAnchorElement>("[data-act]")) {
      if (one instanceof HTMLButtonElement) one.disabled = off;
      else one.setAttribute("aria-disabled", String(off));
    }
    document.body.classList.toggle("offline", off);
    const route = this.route();
    const n = LIVE.includes(route.screen) ? (this.live?.count(["case", "notice"].includes(route.screen) ? route.id : ["response", "state", "messages"].includes(route.screen) ? "response" : ["register", "meetings", "sides"].includes(route.screen) ? "register" : null) ?? 0) : 0;
    if (off) replace(this.bar, h("p", {}, h("b", {}, `Last state ${told(lastState())}. `), "Nothing is sent until you are back."));
    else replace(this.bar, this.said && h("p", {}, this.said), n > 0 && h("p", {}, `${n} new, `, h("button", { class: "button", type: "button", click: () => this.show() }, "show")));
  }

  /** The next or previous link of a list of the commission's; false: there is no such list. */
  private inList(by: number): boolean {
    const links = [...this.main.querySelectorAll<HTMLElement>(".office .rows > li a, .office .table tbody a")];
    if (links.length === 0) return false;
    const at = links.indexOf(document.activeElement as HTMLElement);
    links[Math.min(links.length - 1, Math.max(0, at < 0 ? 0 : at + by))]?.focus();
    return true;
  }

  private acts(): Entry[] {
    const to = (label: string, name: string, note: string): Entry => ({ kind: "screen", label, note: note && `g ${note}`, run: () => go(address(name, "", {}, false)) });
    return [
      ...(this.desk ? places(this.desk).map((p) => to(p.label, p.name, p.key)) : []),
      ...(this.model ? SCREENS.map(([name, label, key]) => ({ ...to(label, name, key), run: () => go(address(name)) })) : []),
      ...(this.desk?.may("open") ? [{ kind: "act", label: "Open a case", note: "", run: () => go(address("act", "", { kind: "open" }, false)) }] : []),
      ...(this.desk ? [to(this.desk.signedIn ? "Your account" : "Sign in", this.desk.signedIn ? "account" : "sign-in", "")] : []),
      ...(this.results?.acts() ?? []),
      { kind: "act", label: "Dark or light", note: "d", run: theme.toggle },
      { kind: "act", label: "Keys", note: "?", run: () => help(this.gotos()) },
    ];
  }
}
