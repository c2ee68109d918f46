// SPDX-License-Identifier: Apache-2.0
/** Play: the moment moves on by itself, and stops before every gap to say how long nothing was seen. */

import { still } from "../dom";
import { clock, date, type Model } from "../model";

export const STEP = 600;
const PER_SECOND = 4 * STEP;

export interface PlayActs {
  /** The moment, while playing. */
  moment: (t: number, words: string) => void;
  /** Where it stopped, and why. */
  rest: (t: number, words: string) => void;
}

export class Player {
  playing = false;
  private t = 0;
  private to = 0;
  private before = 0;
  /** Where it last stopped before a gap, having said so. */
  private told = -1;

  constructor(
    private readonly model: Model,
    private readonly acts: PlayActs,
  ) {}

  /** Starts at a moment of the span shown, or stops. At a gap it first says so; asked again, it goes on behind it. */
  toggle(from: number, to: number, at: number | null): void {
    if (this.playing) {
      this.stop("Stopped.");
      return;
    }
    this.t = at === null || at < from || at >= to ? from : at;
    this.to = to;
    const gap = this.model.page.gaps.find((g) => g.start <= this.t && g.end > this.t);
    if (gap && this.told !== this.t) {
      this.blocked(gap);
      return;
    }
    if (gap) this.t = gap.end;
    this.told = -1;
    if (this.t >= to) {
      this.stop("The span shown ends inside this gap.");
      return;
    }
    this.playing = true;
    this.before = performance.now();
    this.acts.moment(this.t, this.words());
    this.next();
  }

  /** Stops without a word: something else was asked for. */
  halt(): void {
    this.playing = false;
  }

  private next(): void {
    if (still()) setTimeout(() => this.tick(STEP), 1000);
    else requestAnimationFrame((now) => this.tick(Math.min(STEP, ((now - this.before) / 1000) * PER_SECOND), now));
  }

  private tick(by: number, now = 0): void {
    if (!this.playing) return;
    this.before = now;
    const next = this.t + Math.max(0, by);
    const gap = this.model.page.gaps.find((g) => g.start >= this.t && g.start <= next && g.start < this.to);
    if (gap) {
      this.blocked(gap);
      return;
    }
    this.t = Math.min(next, this.to);
    if (this.t >= this.to) {
      this.stop("End of the span shown.");
      return;
    }
    this.acts.moment(this.t, this.words());
    this.next();
  }

  private blocked(gap: { start: number; text: string; truce: string; truce_length: string; length: string }): void {
    this.t = Math.max(this.t, gap.start);
    this.told = Math.round(this.t);
    const part = gap.truce_length && gap.truce_length !== gap.length ? `, ${gap.truce_length} of it in the truce` : "";
    this.stop(`Stopped. ${gap.text}${part}. Play again to go on behind it.`);
  }

  private stop(words: string): void {
    this.playing = false;
    this.acts.rest(Math.round(this.t), words);
  }

  /** What passed and was seen in the ten minutes before this moment. */
  private words(): string {
    const { start, end, over } = this.model.page.looks;
    const passes = start.filter((s, k) => over[k] && s <= this.t && (end[k] as number) > this.t - STEP).length;
    return `${date(this.t)} ${clock(this.t)} UTC · ${passes === 0 ? "no pass over the line" : passes === 1 ? "1 pass" : `${passes} passes`} in these ten minutes`;
  }
}
