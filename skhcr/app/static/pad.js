// A sheet to write a character on, by mouse, finger or pen.

import Atrament from "./atrament.js";
import { make } from "./page.js";

const SIDE = 560; // pixels of the sheet, whatever its size on the screen
const SENT_SIDE = 280; // of what the server is sent
const INK = "#141a26";
const WIDTHS = { min: 10, max: 60, start: 28 };
const SMOOTHING = 0.2; // of 1; with more, the end of a quick stroke is missing

export class Pad {
  /**
   * Make the sheet in an element; call back as it is written on, with true at the end of a
   * stroke, and once it is clear.
   */
  constructor(root, onInk, onClear, ...buttons) {
    this.canvas = make("canvas", { width: SIDE, height: SIDE, role: "img", ariaLabel: "Sheet to draw on" });
    const hint = make("p", {}, "Draw here");
    const width = make("input", { type: "range", className: "width", ...WIDTHS, value: WIDTHS.start });
    const clear = make("button", { type: "button", className: "clear" }, "Clear");
    const tools = make("div", { className: "pad-tools" }, make("label", {}, "Pen", width), clear, ...buttons);
    root.append(make("div", { className: "pad-sheet" }, this.canvas, hint), tools);

    const options = { width: SIDE, height: SIDE, color: INK };
    this.pen = new Atrament(this.canvas, options);
    this.pen.smoothing = SMOOTHING;
    this.pen.addEventListener("dirty", () => (hint.hidden = true));
    this.pen.addEventListener("clean", () => (hint.hidden = false));
    this.pen.addEventListener("strokeend", () => onInk(true));
    this.pen.addEventListener("pointerdown", ({ offsetX, offsetY }) => {
      // Atrament counts in pixels of the screen, and draws nothing where one only taps.
      this.pen.weight = (width.value * this.canvas.offsetWidth) / SIDE;
      this.dot(offsetX, offsetY, width.value / 2);
    });
    this.canvas.addEventListener("pointermove", ({ buttons }) => buttons && onInk());
    clear.addEventListener("click", () => this.clear());
    this.onClear = onClear;
  }

  get isDirty() {
    return this.pen.dirty;
  }

  dot(x, y, radius) {
    const scale = SIDE / this.canvas.offsetWidth;
    const context = this.canvas.getContext("2d");
    context.fillStyle = INK;
    context.beginPath();
    context.arc(x * scale, y * scale, radius, 0, 2 * Math.PI);
    context.fill();
  }

  clear() {
    this.pen.clear();
    this.onClear();
  }

  /** Return what is written, and clear the sheet: at once, for who clicks twice. */
  take() {
    const picture = this.picture();
    this.clear();
    return picture;
  }

  /** Return what is written, dark on white, as a PNG. */
  async picture() {
    const sent = make("canvas", { width: SENT_SIDE, height: SENT_SIDE });
    const context = sent.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, SENT_SIDE, SENT_SIDE);
    context.imageSmoothingQuality = "high";
    context.drawImage(this.canvas, 0, 0, SENT_SIDE, SENT_SIDE);
    return new Promise((resolve) => sent.toBlob(resolve, "image/png"));
  }
}
