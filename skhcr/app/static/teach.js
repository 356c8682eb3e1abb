// Teach: samples of one hand, a training, and what it changed.

import { Pad } from "./pad.js";
import { ask, chooseModel, fill, find, follow, guarded, info, latest, make, percent, Refusal, say } from "./page.js";

const PLACED_BY = { digits: "mass", letters: "box", characters: "box" };

export async function startTeach(root, offer) {
  const { classes } = await info();
  const message = find(".message", root);
  const select = find(".add select", root);
  const list = find(".samples", root);
  const train = find(".train", root);
  const stop = find(".stop", root);
  const progress = find("progress", root);
  const taught = find(".taught", root);
  const now = find(".now", root);
  const samples = { digits: [], letters: [], characters: [] };
  const done = {}; // the token of each taught model, by the one it came from

  const model = chooseModel(find(".models", root), "teach-model", () => {
    fill(select, classes[model()]);
    showSamples();
    taught.hidden = true;
    readNow();
  });
  const readNow = latest(() =>
    guarded(message, async () => {
      if (!pad.isDirty) return;
      const picture = await pad.picture();
      const readers = [["It is read as", model()]];
      if (done[model()]) readers.push(["after teaching", done[model()]]);
      const read = await Promise.all(
        readers.map(([, name]) => ask("api/recognise", [["picture", picture], ["model", name]])),
      );
      if (!pad.isDirty || read[0].is_empty) return now.replaceChildren();
      const texts = read.map(({ labels, probabilities }, k) =>
        make("span", {}, `${readers[k][0]} `, make("b", {}, labels[0]), ` ${percent(probabilities[0])}`),
      );
      now.replaceChildren(...texts);
    }),
  );
  const pad = new Pad(find(".pad", root), readNow, () => now.replaceChildren());
  fill(select, classes[model()]);
  showSamples();

  function add(name, label, picture) {
    samples[name].push({ label, picture, url: URL.createObjectURL(picture) });
    showSamples();
  }

  function showSamples() {
    const own = samples[model()];
    find(".count", root).textContent = own.length ? `(${own.length})` : "";
    find(".none", root).hidden = own.length > 0;
    train.disabled = own.length === 0 || !stop.hidden;
    list.replaceChildren(
      ...own.map((sample) => {
        const remove = make("button", { type: "button", ariaLabel: `Remove this ${sample.label}` }, "×");
        remove.addEventListener("click", () => {
          own.splice(own.indexOf(sample), 1);
          URL.revokeObjectURL(sample.url);
          showSamples();
        });
        const image = make("img", { src: sample.url, alt: "" });
        return make("li", {}, image, make("b", {}, sample.label), remove);
      }),
    );
  }

  find(".add", root).addEventListener("submit", (event) => {
    event.preventDefault();
    guarded(message, async () => {
      if (!pad.isDirty) throw new Refusal("The sheet is empty: draw a character first.");
      add(model(), select.value, await pad.picture());
      pad.clear();
    });
  });

  train.addEventListener("click", () => guarded(find(".training", root), teach));

  async function teach() {
    const name = model();
    const own = [...samples[name]];
    const fields = [
      ["model", name],
      ...own.map(({ label }) => ["labels", label]),
      ...own.map(({ picture }) => ["pictures", picture]),
    ];
    const asking = new AbortController();
    stop.onclick = () => asking.abort();
    train.disabled = true;
    stop.hidden = progress.hidden = false;
    taught.hidden = true;
    progress.removeAttribute("value");
    say(find(".training", root), "Getting ready: a few seconds …");
    try {
      for await (const event of follow("api/teach", fields, asking.signal)) {
        if (event.error) throw new Refusal(event.error);
        if (event.epoch) {
          progress.value = event.epoch / event.n_epochs;
          say(find(".training", root), `Training: ${event.epoch} of ${event.n_epochs} rounds`);
        } else {
          if (done[name]) forget(done[name]);
          done[name] = event.token;
          showTaught(name, own, event);
          offer(event.token, name);
        }
      }
      say(find(".training", root), "Done. It is one of the choices in Draw now, too.");
    } catch (error) {
      if (error.name !== "AbortError") throw error;
      say(find(".training", root), "Stopped; nothing was changed.");
    } finally {
      stop.hidden = progress.hidden = true;
      showSamples();
    }
  }

  function showTaught(name, own, { token, samples: read, others }) {
    const shown = read.map(({ label, before, after }, k) =>
      make(
        "tr",
        {},
        make("td", {}, make("img", { src: own[k].url, alt: "" })),
        make("td", {}, label),
        make("td", { className: before === label ? "right" : "wrong" }, before),
        make("td", { className: after === label ? "right" : "wrong" }, after),
      ),
    );
    find("tbody", taught).replaceChildren(...shown);
    find(".others", taught).textContent =
      `These it has learnt from; draw others to see what it makes of them. Of ${others.n} ` +
      `${name} by other hands it reads ${percent(others.after)}, and read ${percent(others.before)} before.`;
    const file = `taught-${name}.onnx`;
    find(".download", taught).href = `api/models/${token}`;
    find("code", taught).textContent = [
      "from sklearn.pipeline import make_pipeline",
      "from skhcr.preprocessing import make_ink_pipeline",
      "from skhcr.runtime import OnnxClassifier",
      "",
      `ink = make_ink_pipeline(by="${PLACED_BY[name]}")`,
      `reader = make_pipeline(ink, OnnxClassifier("${file}", priors="uniform"))`,
      'reader.predict(["photo.jpg"])',
    ].join("\n");
    taught.hidden = false;
  }

  find(".try", root).addEventListener("click", () => {
    pad.clear();
    pad.canvas.scrollIntoView({ block: "center" });
    say(message, "Draw: both readings, before and after, stand below.");
  });
  addEventListener("pagehide", (event) => {
    if (!event.persisted) Object.values(done).forEach(forget);
  });

  return { add };
}

/** Let the server forget a model. */
function forget(token) {
  fetch(`api/models/${token}`, { method: "DELETE", keepalive: true }).catch(() => {});
}
