// SPDX-License-Identifier: Apache-2.0
/** The fields of a form as the browser's own controls, and what was said in them. None remembers what was typed. */

import { h, uid, type Child } from "../dom";
import type { About, Field, Said } from "./fields";

export interface Input {
  el: HTMLElement;
  field: Field;
  /** What was said; undefined: nothing. Controls that are wrong report themselves. */
  value: () => unknown | Promise<unknown>;
  clear: () => void;
}

const OFF = { autocomplete: "off", spellcheck: "false" };
type Maker = (field: Field, about: About, id: string) => { control: HTMLElement; value: Input["value"]; group?: boolean };

const texts = (el: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement): string | undefined => el.value.trim() || undefined;

function line(field: Field, about: About, id: string): ReturnType<Maker> {
  const control = h("input", { type: "text", id, required: !field.optional, maxlength: 400, value: about.params.get(field.name) ?? "", ...OFF });
  return { control, value: () => texts(control) };
}

function long(field: Field, _about: About, id: string): ReturnType<Maker> {
  const control = h("textarea", { id, required: !field.optional, maxlength: 8000, rows: 5, autocomplete: "off" });
  return { control, value: () => texts(control) };
}

/** One of a few as buttons to choose from, of many as a list. */
function pick(field: Field, about: About, id: string): ReturnType<Maker> {
  const options = field.options?.(about) ?? [];
  const preset = about.params.get(field.name) ?? (options.length === 1 && !field.optional ? options[0]?.[0] : undefined);
  if (options.length > 5 || field.optional || options.some(([, text]) => text.length > 60)) {
    const control = h("select", { id, required: !field.optional, autocomplete: "off" }, h("option", { value: "" }, field.optional ? "not said" : "choose"), options.map(([value, text]) => h("option", { value, selected: value === preset }, text)));
    return { control, value: () => texts(control) };
  }
  const name = uid("pick");
  const radios = options.map(([value]) => h("input", { type: "radio", name, id: uid("radio"), value, required: true, checked: value === preset, autocomplete: "off" }));
  const control = h("div", { class: "choices" }, options.length === 0 && h("p", { class: "soft" }, "There is none."), radios.map((radio, k) => h("label", { for: radio.id }, radio, options[k]?.[1])));
  return { control, value: () => radios.find((radio) => radio.checked)?.value, group: true };
}

function picks(field: Field, about: About): ReturnType<Maker> {
  const options = field.options?.(about) ?? [];
  const boxes = options.map(([value]) => h("input", { type: "checkbox", value, id: uid("box"), autocomplete: "off" }));
  const first = boxes[0];
  const check = (): void => first?.setCustomValidity(field.optional || boxes.some((box) => box.checked) ? "" : "Choose at least one.");
  boxes.forEach((box) => box.addEventListener("change", check));
  check();
  const control = h("div", { class: "choices" }, options.length === 0 && h("p", { class: "soft" }, "There is none."), boxes.map((box, k) => h("label", { for: box.id }, box, options[k]?.[1])));
  return {
    control,
    group: true,
    value: () => {
      const found = boxes.filter((box) => box.checked).map((box) => box.value);
      return found.length ? found : undefined;
    },
  };
}

function check(_field: Field, _about: About, id: string): ReturnType<Maker> {
  const control = h("input", { type: "checkbox", id, autocomplete: "off" });
  return { control, value: () => control.checked };
}

function number(field: Field, _about: About, id: string): ReturnType<Maker> {
  const control = h("input", { type: "number", id, min: 0, step: "any", required: !field.optional, class: "number", ...OFF });
  return { control, value: () => (control.value ? Number(control.value) : undefined) };
}

function numbers(field: Field, _about: About, id: string): ReturnType<Maker> {
  const control = h("input", { type: "text", id, inputmode: "numeric", pattern: "[0-9]+([ ,]+[0-9]+)*", required: !field.optional, title: "numbers, with commas between", ...OFF });
  return { control, value: () => texts(control)?.split(/[ ,]+/).map(Number) };
}

function percent(field: Field, _about: About, id: string): ReturnType<Maker> {
  const control = h("input", { type: "number", id, min: 0, max: 100, step: "any", required: !field.optional, class: "number", ...OFF });
  return { control, value: () => (control.value ? Number(control.value) / 100 : undefined) };
}

function time(field: Field, _about: About, id: string): ReturnType<Maker> {
  const control = h("input", { type: "datetime-local", id, required: !field.optional, autocomplete: "off" });
  return { control, value: () => (control.value ? `${control.value}:00Z` : undefined) };
}

function files(field: Field, _about: About, id: string): ReturnType<Maker> {
  const control = h("input", { type: "file", id, multiple: true, required: !field.optional });
  const hash = async (file: File): Promise<string> => [...new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()))].map((b) => b.toString(16).padStart(2, "0")).join("");
  return { control, value: async () => (control.files?.length ? Promise.all([...control.files].map(hash)) : undefined) };
}

/** One number in per cent for each option, or two. */
function table(field: Field, about: About, columns: string[], make: (rows: [string, (number | null)[]][]) => unknown): ReturnType<Maker> {
  const options = field.options?.(about) ?? [];
  const rows = options.map(([value, text]) => ({ value, text, cells: columns.map((column) => h("input", { type: "number", min: 0, max: 100, step: "any", class: "number", "aria-label": `${text}: ${column}`, ...OFF })) }));
  const control = h("div", { class: "choices" }, rows.map(({ text, cells }) => h("div", { class: "numbers" }, h("span", {}, text), cells)));
  return { control, group: true, value: () => make(rows.map(({ value, cells }) => [value, cells.map((cell) => (cell.value === "" ? null : Number(cell.value) / 100))])) };
}

const shares: Maker = (field, about) => table(field, about, ["%"], (rows) => Object.fromEntries(rows.map(([name, [p]]) => [name, p ?? 0])));
const ranges: Maker = (field, about) => table(field, about, ["least, %", "greatest, %"], (rows) => Object.fromEntries(rows));

function exceptions(field: Field, about: About): ReturnType<Maker> {
  const options = field.options?.(about) ?? [];
  const lists = options.map(([, text]) => h("select", { required: true, "aria-label": text, autocomplete: "off" }, ["", "no", "yes", "cannot tell"].map((one) => h("option", { value: one }, one || "choose"))));
  const control = h("div", { class: "choices" }, options.map(([, text], k) => h("div", { class: "numbers" }, h("span", {}, text), lists[k])));
  return { control, group: true, value: () => options.map(([id], k) => ({ id, applies: lists[k]?.value })) };
}

const MAKERS: Record<Field["kind"], Maker> = { line, long, pick, picks, check, number, numbers, share: percent, moment: time, files, shares, ranges, exceptions };

/** A field with its label; a group of controls has a legend instead. */
export function input(field: Field, about: About): Input {
  const id = uid("field");
  const { control, value, group } = MAKERS[field.kind](field, about, id);
  const label: Child = field.optional && field.kind !== "check" ? [field.label, h("span", { class: "soft" }, " (if known)")] : field.label;
  const help = field.help ? h("p", { class: "small soft", id: `${id}-help` }, field.help) : null;
  if (help && !group) control.setAttribute("aria-describedby", help.id);
  const el = group
    ? h("fieldset", { class: "field" }, h("legend", {}, label), help, control)
    : field.kind === "check"
      ? h("div", { class: "field" }, h("label", { for: id, class: "tick" }, control, label), help)
      : h("div", { class: "field" }, h("label", { for: id }, label), help, control);
  return { el, field, value, clear: () => clear(el) };
}

/** Empties every control of an element. */
export function clear(el: HTMLElement): void {
  for (const one of el.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>("input, textarea, select")) {
    if (one instanceof HTMLInputElement && (one.type === "checkbox" || one.type === "radio")) one.checked = false;
    else one.value = "";
  }
}

/** What was said in all of them, by the fields' names. */
export async function collect(inputs: Input[]): Promise<Said> {
  const said: Said = {};
  for (const { field, value } of inputs) {
    const found = await value();
    if (found === undefined || (found === false && field.optional)) continue;
    const [outer = "", inner] = field.name.split(".");
    if (inner === undefined) said[outer] = found;
    else said[outer] = { ...((said[outer] ?? {}) as Said), [inner]: found };
  }
  return said;
}
