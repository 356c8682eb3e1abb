// Teach: samples of one hand, a training, and what it changed.

import { LabelChoice } from "./labels.js";
import { BASES, ModelChoice } from "./models.js";
import { Pad } from "./pad.js";
import {
  ask, find, follow, guarded, info, latest, make, percent, probability, Refusal, say, soon, Wanted,
} from "./page.js";

const FORGOTTEN = 0.01; // share of others from which a taught model has forgotten something

export async function startTeach(root, offer) {
  const { classes } = await info();
  const message = find(".message", root);
  const list = find(".samples", root);
  const train = find(".train", root);
  const stop = find(".stop", root);
  const progress = find("progress", root);
  const now = find(".now", root);
  const said = find(".said", root);
  let nInked = 0; // times that the pen drew: tells a reading of all that is there from an earlier one
  const samples = Object.fromEntries(BASES.map((base) => [base, []]));
  const results = {}; // of the last training of each model

  const models = new ModelChoice(find(".models", root), { hint: find(".models-hint", root) });
  const labels = new LabelChoice(find(".add select", root), classes);
  const wanted = new Wanted(); // readings of what is on the sheet, by the model that is chosen

  const readNow = latest(async () => {
    if (!pad.isDirty) return; // what was said since it was cleared stays
    const { signal } = wanted;
    const own = nInked;
    await guarded(message, async () => {
      const { base } = models;
      const picture = await pad.picture();
      const readers = [["It is read as", base]];
      if (results[base]) readers.push(["after teaching", results[base].token]);
      const answers = await Promise.allSettled(
        readers.map(([, name]) => ask("api/recognise", [["picture", picture], ["model", name]], soon(signal))),
      );
      signal.throwIfAborted();
      const read = answers.filter(({ status }) => status === "fulfilled").map(({ value }) => value);
      const failed = answers.find(({ status }) => status === "rejected");
      if (answers[0] === failed) {
        now.replaceChildren(); // of an earlier stroke
        said.textContent = "";
        throw failed.reason;
      }
      if (read[0].is_empty) return now.replaceChildren();
      const texts = read.map(({ labels: [label], probabilities: [share] }, k) =>
        make("span", {}, `${readers[k][0]} `, make("b", {}, label), ` ${probability(share)}`),
      );
      now.replaceChildren(...texts);
      said.textContent = read.map(({ labels: [label] }, k) => `${readers[k][0]} ${label}`).join(", ");
      if (own === nInked) labels.suggest(base, read.at(-1).labels[0]);
      if (failed) throw failed.reason; // of a model that was taught, and is forgotten, say
    });
  });
  const onInk = (isEnd) => {
    nInked++;
    labels.forget();
    readNow(isEnd);
  };
  const onClear = () => {
    wanted.renew();
    now.replaceChildren();
    said.textContent = "";
    labels.release();
  };
  const pad = new Pad(find(".pad", root), onInk, onClear);

  /** Add a sample, and show it. */
  function add(base, label, picture) {
    samples[base].push({ label, picture, url: URL.createObjectURL(picture) });
    if (models.base === base) showSamples();
    else models.choose(base);
  }

  function showSamples() {
    const own = samples[models.base];
    find(".count", root).textContent = own.length ? `(${own.length})` : "";
    find(".none", root).hidden = own.length > 0;
    train.disabled = own.length === 0 || !stop.hidden;
    list.replaceChildren(
      ...own.map((sample, k) => {
        const remove = make("button", { type: "button", ariaLabel: `Remove this ${sample.label}` }, "×");
        remove.addEventListener("click", () => {
          own.splice(k, 1); // its picture may still stand in the table of a training
          showSamples();
          (list.querySelectorAll("button")[k] ?? labels.select).focus();
        });
        const image = make("img", { src: sample.url, alt: "" });
        return make("li", {}, image, make("b", {}, sample.label), remove);
      }),
    );
  }

  async function teach() {
    const { base } = models;
    const own = [...samples[base]];
    const training = find(".training", root);
    const fields = [
      ["model", base],
      ...own.map(({ label }) => ["labels", label]),
      ...own.map(({ picture }) => ["pictures", picture]),
    ];
    const asking = new AbortController();
    stop.onclick = () => asking.abort();
    train.disabled = true;
    stop.hidden = progress.hidden = false;
    progress.removeAttribute("value");
    say(training, "Getting ready: a few seconds …");
    try {
      for await (const event of follow("api/teach", fields, asking.signal)) {
        if (event.epoch) {
          progress.value = event.epoch / event.n_epochs;
          say(training, `Training: ${event.epoch} of ${event.n_epochs} rounds`);
        } else {
          if (results[base]) forget(results[base].token);
          results[base] = { ...event, own };
          stop.hidden = true; // it is too late
          offer(event.token, base);
          say(training, `Done. Draw and Picture have it as “your ${base}”.`);
        }
      }
      showResult();
      readNow();
    } catch (error) {
      if (error.name !== "AbortError") throw error;
      say(training, "Stopped; nothing was changed.");
    } finally {
      stop.hidden = progress.hidden = true;
      showSamples();
    }
  }

  /** Show what the last training of this model has changed, if there was one. */
  function showResult() {
    const { base } = models;
    const taught = find(".taught", root);
    taught.hidden = !results[base];
    if (taught.hidden) return;
    const { token, samples: read, own, others } = results[base];
    const rows = read.map(({ label, before, after }, k) =>
      make(
        "tr",
        {},
        make("td", {}, make("img", { src: own[k].url, alt: "" })),
        make("td", {}, label),
        make("td", { className: before === label ? "right" : "wrong" }, before),
        make("td", { className: after === label ? "right" : "wrong" }, after),
      ),
    );
    find("tbody", taught).replaceChildren(...rows);
    const advice = " It has forgotten some: add samples of what it reads wrongly now.";
    find(".others", taught).textContent =
      `These it has learnt from; draw others to see what it makes of them. Of ${others.n} ${base} by ` +
      `other hands it reads ${percent(others.after)}, and read ${percent(others.before)} before.` +
      (others.before - others.after > FORGOTTEN ? advice : "");
    find(".download", taught).href = `api/models/${token}`;
    find("code", taught).textContent = [
      "import skhcr",
      "",
      `model = skhcr.load("taught-${base}.skhcr")`,
      'model.predict(["photo.jpg"])',
    ].join("\n");
  }

  models.fieldset.addEventListener("change", () => {
    wanted.renew();
    labels.suggest(models.base);
    now.replaceChildren();
    showSamples();
    showResult();
    readNow();
  });
  find(".add", root).addEventListener("submit", (event) => {
    event.preventDefault();
    guarded(message, async () => {
      if (!pad.isDirty) throw new Refusal("The sheet is empty: draw a character first.");
      const { base } = models;
      const { value } = labels;
      if (!value) throw new Refusal("It is not read yet: say what it is first.");
      add(base, value, await pad.take());
    });
  });
  train.addEventListener("click", () => guarded(find(".training", root), teach));
  find(".try", root).addEventListener("click", () => {
    pad.clear();
    pad.canvas.scrollIntoView({ block: "center" });
    say(message, "Draw: both readings, before and after, stand below.");
  });
  addEventListener("pagehide", (event) => {
    if (!event.persisted) Object.values(results).forEach(({ token }) => forget(token));
  });
  labels.suggest(models.base);
  showSamples();

  return add;
}

/** Let the server forget a model. */
function forget(token) {
  fetch(`api/models/${token}`, { method: "DELETE", keepalive: true }).catch(() => {});
}
