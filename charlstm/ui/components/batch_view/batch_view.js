// Needs ../shared/dom.js, requests.js, hand_report.js, chart_events.js, streaming_view.js and text.js before it.
//
// Texts that grow side by side. Text is only ever written with textContent.
//
// Each message has the characters from `start` on, and overlaps the one before, so that a message which
// the browser skipped leaves no gap. If there is a gap nevertheless, the view asks for everything. What
// never changes (the seed text, the words of the page) is in `whole`, which only some messages have. A
// message with a lower `message_id` than the last one is ignored.
const REPORT_PAUSE = 80; // milliseconds between two reports of one kind
const BLOCK_LENGTH = 500; // characters that are laid out together, at least
const AT_END = 40; // pixels from the end of a text within which the view follows it

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const [view, cleanUp] = viewIn(parentElement, () => new View(parentElement.querySelector(".batch")));
  view.setState = setStateValue;
  view.trigger = setTriggerValue;
  view.receive(data);
  return cleanUp;
}

class View extends StreamingView { // of positions: a character for each column
  constructor(root) {
    super();
    this.grid = createElement("div", "columns");
    this.legend = createElement("div", "legend");
    this.chartPlace = createElement("div", "chart-place"); // the page shows its chart here, over the view
    this.spoken = createSpoken();
    root.replaceChildren(this.grid, this.spoken);
    this.columns = [];
    this.run = null;
    this.shown = 0; // positions
    this.pinned = null; // the position that was clicked
    this.hovered = null;
    this.hand = new HandReport(() => this.temperatures, (set) => this.setState("temperatures", set));
    this.reports = { networks: new Report(), selected: new Report() };
    countText(1);
  }

  receive(message) {
    const { message_id, run, start, texts, invented, divergences, figures, running, goes_on, tick, choices, whole } = message;
    if (message_id < this.messageId) return;
    this.messageId = message_id;
    this.awaitNext(goes_on, tick);
    if (whole) this.begin(run, texts.length, whole);
    if (!this.follows(run, start)) return;
    const received = this.shown + this.pending.length;
    const characters = texts.map((text) => Array.from(text));
    for (let place = received - start; place < characters[0].length; place += 1) {
      this.pending.push(characters.map((text) => text[place]));
    }
    this.columns.forEach((column, index) => {
      column.divergence = divergences[index];
      column.invented.push(...invented[index]);
      column.updateFigures(figures[index]);
    });
    this.running = this.hand.writing = running;
    if (choices) this.showChoices(choices, start + characters[0].length, goes_on);
    this.reveal(this.duration(message));
  }

  showChoices(choices, end, goesOn) {
    this.receiveChoices(choices, end);
    readAloud("compare_said");
    if (!goesOn && this.spoken.textContent !== choices.said) this.spoken.textContent = choices.said;
  }

  begin(run, count, whole) {
    if (count !== this.columns.length) {
      this.columns = Array.from({ length: count }, (_, index) => new Column(this, index, whole));
      this.grid.replaceChildren(...this.columns.map((column) => column.root), this.chartPlace, this.legend);
      this.hand.sent = JSON.stringify(this.hand.read());
      this.grid.style.setProperty("--columns", count);
      this.legend.replaceChildren(...whole.words.legend.map(([style, sample, meaning]) => legendEntry(style, sample, meaning)));
    }
    showTemperatures(this.temperatures);
    this.columns.forEach((column) => column.offerNetworks(whole.networks));
    const seed = whole.seed;
    if (run === this.run && seed === this.seed) return;
    cancelAnimationFrame(this.frameRequest);
    Object.assign(this, { run, seed, pending: [], frames: [], shown: 0, pinned: null, hovered: null });
    this.columns.forEach((column) => column.begin(seed));
  }

  append(positions) {
    const following = this.columns.filter((column) => column.atEnd); // measured before anything changes
    this.columns.forEach((column, index) => column.append(positions.map((characters) => characters[index]), this.shown));
    this.shown += positions.length;
    this.columns.forEach((column) => column.underline(this.shown));
    this.showDueChoice();
    following.forEach((column) => column.scrollToEnd());
  }

  get temperatures() {
    return this.columns.map((column) => Number(column.range.value));
  }

  get selected() {
    return this.hovered ?? this.pinned;
  }

  hover(place) {
    if (place === this.hovered) return;
    this.hovered = place;
    this.mark();
  }

  pin(place) {
    this.hovered = null;
    this.pinned = place === null ? null : Math.min(Math.max(place, 0), this.shown - 1);
    this.mark();
    this.columns.forEach((column) => (place === null ? this.running && column.scrollToEnd() : column.scrollTo(this.pinned)));
  }

  mark() {
    this.columns.forEach((column) => column.mark(this.selected));
    this.reports.selected.schedule(() => {
      const selected = { run: this.run, place: this.selected ?? -1 };
      if (JSON.stringify(selected) === this.reported) return;
      this.reported = JSON.stringify(selected);
      noteRequest();
      this.setState("selected", selected);
    });
  }

  reportNetworks() {
    const networks = () => this.columns.map((column) => column.network.value);
    this.reports.networks.schedule(() => {
      noteRequest();
      this.setState("networks", networks());
    });
  }

  close() {
    super.close();
    countText(-1);
    this.hand.close();
    Object.values(this.reports).forEach((report) => report.close());
  }
}

// A throttle: sends the latest report at once, and then at most one in REPORT_PAUSE; none cuts off an answer.
class Report {
  sentAt = 0;

  schedule(send) {
    this.send = send;
    const report = () => {
      this.timer = null;
      if (isWaiting()) {
        this.timer = setTimeout(report, RETRY);
        return;
      }
      this.sentAt = performance.now();
      this.send();
    };
    this.timer ??= setTimeout(report, Math.max(0, REPORT_PAUSE - (performance.now() - this.sentAt)));
  }

  close() {
    clearTimeout(this.timer);
  }
}

class Column {
  constructor(view, index, { temperatures, range, words }) {
    this.view = view;
    this.index = index;
    this.words = words;
    this.root = createElement("section", "column");
    this.text = createElement("div", "text");
    this.text.setAttribute("role", "region");
    this.text.tabIndex = 0;
    this.figures = createElement("dl", "figures");
    this.figureRows = new Map(); // label -> the elements of a figure
    this.invented = []; // slices of the invented words that are not marked yet
    this.upper = createElement("div", "upper");
    this.upper.append(this.createHead(temperatures[index], range), this.text);
    this.root.append(this.upper, this.figures);
    this.listen();
    this.showTemperature();
  }

  createHead(temperature, [min, max, step]) {
    const head = createElement("div", "head");
    const label = createElement("label", "", this.words.temperature);
    this.range = createElement("input");
    this.value = createElement("output");
    Object.assign(this.range, { type: "range", id: `temperature-${this.index}`, min, max, step, value: temperature });
    this.range.setAttribute("aria-label", fill(this.words.temperature_of, { number: this.index + 1 }));
    label.htmlFor = this.range.id;
    this.range.oninput = () => {
      this.showTemperature();
      showTemperatures(this.view.temperatures);
      this.view.hand.changed();
    };
    // What follows uses the new temperature.
    this.range.onpointerup = this.range.onblur = () => this.view.hand.send();
    this.range.onkeydown = this.range.onkeyup = (event) => {
      if (event.key.length === 1) this.view.hand.send();
      forwardKey(event);
    };
    head.append(label, this.value, this.range);
    return head;
  }

  // A choice of networks at the head, or none. It is created anew only where others are offered, so that a
  // message which was already under way does not undo what the viewer has just chosen.
  offerNetworks(networks) {
    const offered = networks ? networks.offered.map(([name]) => name).join("\n") : "";
    if (offered === this.offered) return;
    this.offered = offered;
    this.network?.remove();
    this.network = networks ? this.createChoice(networks) : null;
    if (this.network) this.upper.firstChild.prepend(this.network);
    this.updateLabel();
  }

  createChoice({ offered, chosen }) {
    const select = createElement("select");
    select.setAttribute("aria-label", fill(this.words.network_of, { number: this.index + 1 }));
    for (const [name, title] of offered) {
      select.append(Object.assign(createElement("option", "", title), { value: name }));
    }
    select.value = chosen[this.index];
    select.onchange = () => {
      this.updateLabel();
      this.view.reportNetworks();
    };
    return select;
  }

  showTemperature() {
    const { value, min, max } = this.range;
    const temperature = Number(value).toFixed(2);
    this.value.textContent = temperature;
    this.range.setAttribute("aria-valuetext", temperature);
    this.range.style.setProperty("--filled", `${(100 * (value - min)) / (max - min)}%`);
    this.updateLabel();
  }

  // The accessible name of the text has what is shown at the head of the column.
  updateLabel() {
    const values = { number: this.index + 1, temperature: this.value.textContent, network: this.network?.selectedOptions[0].textContent };
    this.text.setAttribute("aria-label", fill(this.network ? this.words.text_of : this.words.text, values));
  }

  listen() {
    const place = (event) => event.target.place ?? null;
    this.text.onpointermove = (event) => event.pointerType !== "touch" && this.view.hover(place(event));
    this.text.onpointerleave = () => this.view.hover(null);
    this.text.onclick = (event) => {
      if (!getSelection().isCollapsed) return; // text was marked to be copied
      this.view.pin(place(event) === this.view.pinned ? null : place(event));
    };
    this.text.onkeydown = (event) => this.onKeyDown(event);
  }

  onKeyDown(event) {
    const place = placeByKey(event, this.view.pinned, this.view.shown);
    if (place !== undefined) this.view.pin(place);
  }

  begin(seed) {
    this.spans = []; // of each character
    this.invented = [];
    this.text.replaceChildren();
    this.appendBlock([]);
    this.seed = createElement("span", "seed", seed);
    this.text.firstChild.prepend(this.seed);
    this.text.dir = "";
    directBy(seed, this.text);
    this.scrollToEnd();
  }

  append(characters, start) {
    directBy(characters.join(""), this.text);
    const spans = characters.map((character, offset) => this.addCharacter(character, start + offset));
    this.written.append(...spans.filter(Boolean));
    while (this.written.childElementCount > 2 * BLOCK_LENGTH && this.splitBlock());
  }

  appendBlock(spans) {
    const block = createElement("div");
    this.written = createElement("span", "written");
    this.written.append(...spans);
    block.append(this.written);
    this.text.append(block);
  }

  // Splits the last block where a line ends, so that a new character moves only what is in that block.
  splitBlock() {
    const spans = [...this.written.children];
    const top = (span) => span.getBoundingClientRect().top;
    const line = top(spans[BLOCK_LENGTH]);
    const next = spans.findIndex((span, place) => place > BLOCK_LENGTH && top(span) - line > span.offsetHeight / 2);
    if (next > 0) this.appendBlock(spans.slice(next));
    return next > 0;
  }

  get atEnd() {
    return this.text.scrollHeight - this.text.scrollTop - this.text.clientHeight < AT_END;
  }

  addCharacter(character, place) {
    // The first column has no column to its left.
    const same = this.index > 0 && (this.divergence === null || place < this.divergence);
    const style = same ? "same" : place === this.divergence ? "diverges" : "";
    const span = addCharacter(this.spans, (place ? "" : takeEnd(this.seed, character)) + character, style);
    this.spans.at(-1).place = place; // the last one, where several are shown as one
    return span;
  }

  // Marks the invented words that are shown to their end.
  underline(shown) {
    this.invented = this.invented.filter(([start, end]) => {
      if (end > shown) return true;
      this.spans.slice(start, end).forEach((span) => span.classList.add("invented"));
      return false;
    });
  }

  mark(place) {
    this.marked?.classList.remove("selected");
    this.marked = place === null ? null : this.spans[place];
    this.marked?.classList.add("selected");
  }

  // Scrolls within the column, and not the page.
  scrollTo(place) {
    const { offsetTop, offsetHeight } = this.spans[place];
    const { scrollTop, clientHeight } = this.text;
    if (offsetTop < scrollTop || offsetTop + offsetHeight > scrollTop + clientHeight) {
      this.text.scrollTop = offsetTop - clientHeight / 2;
    }
  }

  scrollToEnd() {
    this.text.scrollTop = this.text.scrollHeight;
  }

  // Each figure is a label, a value, the spread over many runs, and the position that a click selects.
  updateFigures(figures) {
    for (const [label, value, spread, place] of figures) {
      if (!this.figureRows.has(label)) this.figureRows.set(label, this.createFigureRow(label));
      const row = this.figureRows.get(label);
      row.place = place;
      row.button.hidden = place === null;
      row.plain.hidden = place !== null;
      for (const cell of [row.button, row.plain]) if (cell.textContent !== value) cell.textContent = value;
      if (row.spread.textContent !== spread) row.spread.textContent = spread;
    }
  }

  createFigureRow(label) {
    const value = createElement("dd");
    const row = { plain: createElement("span"), button: createElement("button"), spread: createElement("dd", "spread") };
    row.button.type = "button";
    row.button.onclick = () => this.view.pin(row.place);
    value.append(row.plain, row.button);
    const group = createElement("div");
    group.append(createElement("dt", "", label), value, row.spread);
    this.figures.append(group);
    return row;
  }
}

function legendEntry(style, sample, meaning) {
  const entry = createElement("span");
  entry.append(createElement("span", style, sample), meaning);
  return entry;
}

function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
