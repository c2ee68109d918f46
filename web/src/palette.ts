// SPDX-License-Identifier: Apache-2.0
/** The palette: places, events, records, screens and acts, by a few letters. */

import { h, replace } from "./dom";
import type { Model } from "./model";
import { comma } from "./model";
import { address, go } from "./route";

export interface Entry {
  kind: string;
  label: string;
  note: string;
  run: () => void;
}

const MOST = 40;

export class Palette {
  private readonly dialog = h("dialog", { class: "palette", "aria-label": "Find or do anything" });
  private readonly field = h("input", { type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list", "aria-label": "Find or do anything", placeholder: "A place, an event, a record number, a screen, an act…", autocomplete: "off", spellcheck: "false" });
  private readonly list = h("ul", { role: "listbox", id: "palette-list", "aria-label": "Found" });
  private found: Entry[] = [];
  private at = 0;

  constructor(
    private readonly model: Model | null,
    private readonly acts: Entry[],
    private readonly place: (lon: number, lat: number) => void,
  ) {
    this.dialog.append(this.field, this.list);
    document.body.append(this.dialog);
    this.field.addEventListener("input", () => this.search());
    this.field.addEventListener("keydown", (e) => this.key(e));
    this.dialog.addEventListener("click", (e) => e.target === this.dialog && this.dialog.close());
  }

  get open(): boolean {
    return this.dialog.open;
  }

  show(start = ""): void {
    if (this.dialog.open) return;
    this.field.value = start;
    this.search();
    this.dialog.showModal();
    this.field.focus();
  }

  private entries(query: string): Entry[] {
    const q = query.trim().toLowerCase();
    const hit = (text: string): boolean => q.split(/\s+/).every((word) => text.toLowerCase().includes(word));
    const found = this.acts.filter((one) => hit(`${one.label} ${one.kind}`));
    const model = this.model;
    if (model && /^\d+$/.test(q) && Number(q) < Number(model.page.ledger["size"] ?? 0)) {
      found.unshift({ kind: "record", label: `Record ${comma(Number(q))}`, note: "read and check", run: () => go(address("record", q)) });
    }
    if (model && q.length > 0) found.push(...this.places(model, hit), ...this.events(model, hit));
    return found.slice(0, MOST);
  }

  private places(model: Model, hit: (text: string) => boolean): Entry[] {
    const { name, lon, lat } = model.page.towns;
    return name.flatMap((label, i) => (hit(label) ? [{ kind: "place", label, note: "show on the map", run: () => this.place(lon[i] as number, lat[i] as number) }] : [])).slice(0, 8);
  }

  private events(model: Model, hit: (text: string) => boolean): Entry[] {
    const ev = model.page.events;
    const out: Entry[] = [];
    for (let i = model.count - 1; i >= 0 && out.length < 20; i -= 1) {
      const label = `Fire ${ev.place[i]}`;
      if (!hit(`${label} event ${ev.index[i]}`)) continue;
      const when = new Date((ev.first[i] as number) * 1000).toISOString().slice(0, 16).replace("T", " ");
      out.push({ kind: "event", label, note: `${when} UTC`, run: () => go(address("event", String(ev.index[i]))) });
    }
    return out;
  }

  private search(): void {
    this.found = this.entries(this.field.value);
    this.at = 0;
    this.draw();
  }

  private draw(): void {
    replace(
      this.list,
      this.found.map((one, k) =>
        h("li", { role: "option", id: `palette-${k}`, "aria-selected": String(k === this.at), click: () => this.run(k) }, h("span", { class: "kind" }, one.kind), h("span", {}, one.label), h("span", { class: "note" }, one.note)),
      ),
      this.found.length === 0 && h("li", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing of that name here."),
    );
    this.field.setAttribute("aria-activedescendant", this.found.length ? `palette-${this.at}` : "");
    this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
  }

  private key(e: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) {
      e.preventDefault();
      this.at = (this.at + step + this.found.length) % Math.max(1, this.found.length);
      this.draw();
    } else if (e.key === "Enter") {
      e.preventDefault();
      this.run(this.at);
    }
  }

  private run(k: number): void {
    const one = this.found[k];
    if (!one) return;
    this.dialog.close();
    one.run();
  }
}
