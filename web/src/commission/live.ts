// SPDX-License-Identifier: Apache-2.0
/** What happens while somebody reads: counted, and shown only when asked. Server-sent events, resumed by the browser. */

import { connected, probe, read } from "./api";

/** The stream first tells all that was; after so long a pause it tells what is new. */
const PAUSE = 800;

/** How soon one's own act comes back by the stream, ms. */
const OWN = 3000;

export class Live {
  private told: string[] = [];
  private caughtUp = false;
  /** Cases in which this page itself just did something, and when: what comes of that is no news. */
  private readonly own = new Map<string, number>();
  private timer = 0;

  constructor(private readonly changed: () => void) {
    window.addEventListener("sent", (event) => this.own.set((event as CustomEvent<string>).detail, performance.now()));
    this.start();
  }

  /** How many things happened since the page was drawn; in one case, or in the `response` or the `register`, where one is told. */
  count(only: string | null): number {
    return only === null ? this.told.length : this.told.filter((one) => one === only).length;
  }

  seen(): void {
    this.told = [];
    this.changed();
  }

  private start(): void {
    const source = new EventSource("/api/v1/events/stream");
    source.addEventListener("open", () => {
      connected(true);
      this.wait();
    });
    source.addEventListener("case", (event) => {
      if (!this.caughtUp) {
        this.wait();
        return;
      }
      const { case: id } = JSON.parse(event.data as string) as { case: string };
      const mine = performance.now() - (this.own.get(id) ?? -Infinity) < OWN;
      this.own.delete(id);
      if (mine) return;
      this.told.push(id);
      this.changed();
    });
    source.addEventListener("response", () => this.moved("response"));
    source.addEventListener("register", () => this.moved("register"));
    source.addEventListener("error", () => {
      // The browser tries again by itself, unless the server refused; then somebody must sign in.
      if (source.readyState === EventSource.CLOSED) void read("/me").catch(() => undefined);
      else probe();
    });
  }

  /** Somebody made a move in the response, or posted to the register. */
  private moved(where: string): void {
    if (!this.caughtUp) {
      this.wait();
      return;
    }
    if (performance.now() - (this.own.get(where) ?? -Infinity) < OWN) return;
    this.told.push(where);
    this.changed();
  }

  private wait(): void {
    if (this.caughtUp) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => (this.caughtUp = true), PAUSE);
  }
}
