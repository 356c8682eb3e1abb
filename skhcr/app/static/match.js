// Match: what is written on pictures, and which known text is closest.

import { ALPHABETS, ask, fill, find, follow, guarded, make, Refusal, save, say } from "./page.js";

const HEADER = ["picture", "read", "closest", "row", "distance", "error"];

export function startMatch(root) {
  const form = find("form", root);
  const message = find(".message", root);
  const progress = find("progress", root);
  const stop = find(".stop", root);
  const button = find("button.primary", root);
  const column = form.elements.column;
  let columns = [];
  let rows = [];

  fill(find(".alphabet", root), Object.keys(ALPHABETS), Object.values(ALPHABETS));

  function showExamples() {
    const chosen = columns.find(({ name }) => name === column.value);
    const more = chosen?.n_texts > chosen?.examples.length ? " …" : "";
    find(".examples", root).textContent = chosen ? `${chosen.n_texts} texts: ${chosen.examples.join(", ")}${more}` : "";
  }

  form.elements.table.addEventListener("change", () =>
    guarded(message, async () => {
      const [file] = form.elements.table.files;
      find(".column-row", root).hidden = true;
      columns = [];
      find("[data-of=table]", root).textContent = file?.name ?? "";
      if (!file) return;
      const table = await ask("api/table", [["table", file]]);
      if (form.elements.table.files[0] !== file) return; // another was chosen meanwhile
      columns = table.columns;
      fill(column, columns.map(({ name }) => name));
      column.value = (columns.find(({ is_guess }) => is_guess) ?? columns[0]).name;
      const note = table.encoding.startsWith("UTF") ? "" : `, read as ${table.encoding}`;
      find("[data-of=table]", root).textContent = `${file.name}: ${table.n_rows} rows${note}`;
      find(".column-row", root).hidden = false;
      showExamples();
    }),
  );
  column.addEventListener("change", showExamples);
  form.elements.pictures.addEventListener("change", () => {
    const { files } = form.elements.pictures;
    find("[data-of=pictures]", root).textContent = files.length === 1 ? files[0].name : `${files.length} pictures`;
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    guarded(message, match);
  });

  async function match() {
    const pictures = [...form.elements.pictures.files];
    if (!columns.length) throw new Refusal("Choose a CSV with the texts first.");
    if (!pictures.length) throw new Refusal("Choose at least one picture.");
    const fields = [
      ["table", form.elements.table.files[0]],
      ["column", column.value],
      ["alphabet", form.elements.alphabet.value],
      ...pictures.map((picture) => ["pictures", picture]),
    ];
    const asking = new AbortController();
    stop.onclick = () => asking.abort();
    rows = [];
    find("tbody", root).replaceChildren();
    find(".table", root).hidden = true;
    button.disabled = true;
    stop.hidden = progress.hidden = false;
    progress.removeAttribute("value");
    progress.max = pictures.length;
    say(message, "Reading the CSV …");
    try {
      for await (const row of follow("api/match", fields, asking.signal)) {
        rows.push(row);
        find("tbody", root).append(rowOf(row, pictures[rows.length - 1]));
        find(".table", root).hidden = false;
        progress.value = rows.length;
        say(message, `${rows.length} of ${pictures.length} read`);
      }
      const exact = rows.filter(({ distance }) => distance === 0).length;
      const failed = rows.filter(({ error }) => error).length;
      const rest = failed ? ` ${failed} cannot be read.` : "";
      say(message, `${rows.length - failed} read, ${exact} of them the same as a text of the CSV.${rest}`);
    } finally {
      button.disabled = false;
      stop.hidden = progress.hidden = true;
    }
  }

  find(".download", root).addEventListener("click", () => {
    const lines = [HEADER, ...rows.map((row) => HEADER.map((name) => row[name] ?? ""))];
    const quoted = lines.map((line) => line.map((value) => `"${String(value).replaceAll('"', '""')}"`).join(","));
    save("matches.csv", `\ufeff${quoted.join("\r\n")}\r\n`, "text/csv"); // with a mark, for Excel
  });
}

function rowOf({ picture, read, closest, row, distance, error }, file) {
  const image = make("img", { src: URL.createObjectURL(file), alt: "" });
  image.onerror = () => image.remove(); // of what browsers do not show
  image.onload = () => URL.revokeObjectURL(image.src);
  const name = make("td", {}, image, make("span", {}, picture));
  if (error) {
    return make("tr", {}, name, make("td", { colSpan: 4, className: "error" }, error));
  }
  return make(
    "tr",
    { className: distance === 0 ? "exact" : "" },
    name,
    make("td", {}, read || "nothing"),
    make("td", {}, closest ?? ""),
    make("td", { className: "row" }, row ?? ""),
    make("td", { className: "number" }, distance ?? ""),
  );
}
