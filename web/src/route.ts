// SPDX-License-Identifier: Apache-2.0
/** Every state is an address: `#/now?line=given&layer=probability&event=5012&from=…&to=…`. */

export interface Route {
  screen: string;
  id: string;
  params: URLSearchParams;
}

export function parse(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [screen = "", id = ""] = path.split("/");
  return { screen: screen || "now", id: decodeURIComponent(id), params: new URLSearchParams(query) };
}

export const current = (): Route => parse(location.hash);

export function address(screen: string, id = "", params: Record<string, string | null> = {}, keep = true): string {
  const all = keep ? new URLSearchParams(current().params) : new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value === null) all.delete(key);
    else all.set(key, value);
  }
  const query = all.toString();
  return `#/${screen}${id ? `/${encodeURIComponent(id)}` : ""}${query ? `?${query}` : ""}`;
}

/** Goes to an address; `quiet` replaces the entry, for small changes of one screen. */
export function go(to: string, quiet = false): void {
  if (to === location.hash) return;
  if (quiet) {
    history.replaceState(null, "", to);
    window.dispatchEvent(new HashChangeEvent("hashchange"));
  } else location.hash = to;
}

export function set(params: Record<string, string | null>): void {
  const here = current();
  go(address(here.screen, here.id, params), true);
}
