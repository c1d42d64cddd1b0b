// Texts that grow side by side. Text is only ever written with textContent.
//
// Each message carries the characters from `start` on; it overlaps the one before, so a message that
// the browser skipped leaves no gap. If there is one nevertheless, the view asks for all. What need
// not be said again (the seed text, the words of the page) comes with `whole`. A message that is
// older than what is shown already, by its number, came too late.
const PAUSE = 80; // milliseconds between two reports of a hand that moves
const ANSWER = 2000; // milliseconds for which an answer of the page is waited for
const BLOCK = 500; // characters that are laid out together, at least
const views = new WeakMap();

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let view = views.get(parentElement);
  if (!view) {
    view = new View(parentElement.querySelector(".lanes"));
    views.set(parentElement, view);
  }
  view.set = setStateValue;
  view.trigger = setTriggerValue;
  view.receive(data);
  return () => {
    if (parentElement.isConnected) return; // Streamlit also cleans up after a message that another has overtaken
    view.close();
    views.delete(parentElement);
  };
}

class View {
  constructor(root) {
    this.place = element("div", "columns");
    this.legend = element("div", "legend");
    root.replaceChildren(this.place, this.legend);
    this.columns = [];
    this.run = null;
    this.waiting = []; // positions that have come and are not yet shown: a character for each column
    this.shown = 0;
    this.pinned = null; // the position that was clicked
    this.hovered = null;
    this.reports = { temperatures: new Report(), networks: new Report(), selected: new Report() };
    this.frameRequest = null;
  }

  receive({ run, start, texts, invented, partings, figures, interval, number, whole }) {
    if (number < this.number) return;
    this.number = number;
    if (whole) this.begin(run, texts.length, whole);
    if (run !== this.run || start > this.shown + this.waiting.length) {
      if (!this.asking) this.ask();
      return;
    }
    clearTimeout(this.asking);
    this.asking = null;
    const characters = texts.map((text) => Array.from(text));
    for (let place = this.shown + this.waiting.length - start; place < characters[0].length; place += 1) {
      this.waiting.push(characters.map((text) => text[place]));
    }
    this.columns.forEach((column, place) => {
      column.parting = partings[place];
      column.invented.push(...invented[place]);
      column.tell(figures[place]);
    });
    this.running = interval > 0;
    this.reveal(interval * 1000);
  }

  // Asks for all, and again until it has come: the browser may skip the answer, too.
  ask() {
    this.trigger("lost", true);
    this.asking = setTimeout(() => this.ask(), ANSWER);
  }

  begin(run, count, whole) {
    if (count !== this.columns.length) {
      this.columns = Array.from({ length: count }, (_, number) => new Column(this, number, whole));
      this.place.replaceChildren(...this.columns.map((column) => column.root));
      this.place.style.setProperty("--columns", count);
      this.legend.replaceChildren(...whole.words.legend.map(([style, sample, said]) => explained(style, sample, said)));
    }
    this.columns.forEach((column) => column.offer(whole.networks));
    const seed = whole.seed;
    if (run === this.run && seed === this.seed) return;
    cancelAnimationFrame(this.frameRequest);
    Object.assign(this, { run, seed, waiting: [], shown: 0, pinned: null, hovered: null });
    this.columns.forEach((column) => column.begin(seed));
  }

  // Lets what is waiting appear evenly over `duration` milliseconds.
  reveal(duration) {
    cancelAnimationFrame(this.frameRequest);
    const all = this.waiting.length;
    const began = performance.now();
    const show = (now) => {
      const due = duration > 0 && !document.hidden ? Math.ceil((all * (now - began)) / duration) : all;
      const take = due - (all - this.waiting.length);
      if (take > 0) this.append(this.waiting.splice(0, take));
      if (this.waiting.length) this.frameRequest = requestAnimationFrame(show);
    };
    show(began);
  }

  append(rows) {
    const following = this.columns.filter((column) => column.atEnd); // all asked before anything changes
    this.columns.forEach((column, place) => column.append(rows.map((row) => row[place]), this.shown));
    this.shown += rows.length;
    this.columns.forEach((column) => column.underline(this.shown));
    following.forEach((column) => column.follow());
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
    this.columns.forEach((column) => (place === null ? this.running && column.follow() : column.bring(this.pinned)));
  }

  mark() {
    this.columns.forEach((column) => column.mark(this.selected));
    this.reports.selected.soon(() => this.set("selected", { run: this.run, place: this.selected ?? -1 }));
  }

  warm() {
    const temperatures = () => this.columns.map((column) => Number(column.range.value));
    this.reports.temperatures.soon(() => this.set("temperatures", temperatures()));
  }

  changeNetwork() {
    const networks = () => this.columns.map((column) => column.network.value);
    this.reports.networks.soon(() => this.set("networks", networks()));
  }

  close() {
    cancelAnimationFrame(this.frameRequest);
    clearTimeout(this.asking);
    Object.values(this.reports).forEach((report) => report.close());
  }
}

// Says a thing at once, then at most every PAUSE milliseconds, and always the last one.
class Report {
  last = 0;

  soon(say) {
    this.say = say;
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.last = performance.now();
      this.say();
    }, Math.max(0, PAUSE - (performance.now() - this.last)));
  }

  close() {
    clearTimeout(this.timer);
  }
}

class Column {
  constructor(view, number, { temperatures, range, words }) {
    this.view = view;
    this.number = number;
    this.words = words;
    this.root = element("section", "column");
    this.text = element("div", "text");
    this.text.setAttribute("role", "region");
    this.text.tabIndex = 0;
    this.figures = element("dl", "figures");
    this.told = new Map(); // label -> the elements that tell it
    this.invented = [];
    this.root.append(this.head(temperatures[number], range), this.text, this.figures);
    this.listen();
    this.heat();
  }

  head(temperature, [min, max, step]) {
    const head = element("div", "head");
    const label = element("label", "", this.words.temperature);
    this.range = element("input");
    this.value = element("output");
    Object.assign(this.range, { type: "range", id: `temperature-${this.number}`, min, max, step, value: temperature });
    this.range.setAttribute("aria-label", fill(this.words.temperature_of, { number: this.number + 1 }));
    label.htmlFor = this.range.id;
    this.range.oninput = () => {
      this.heat();
      this.view.warm();
    };
    this.range.onkeydown = this.range.onkeyup = passOn;
    head.append(label, this.value, this.range);
    return head;
  }

  // A choice of networks at the head, or none; it is made anew only where others are offered, so that a
  // message which was on its way does not turn back what a hand has just chosen.
  offer(networks) {
    const offered = networks ? networks.offered.join("\n") : "";
    if (offered === this.offered) return;
    this.offered = offered;
    this.network?.remove();
    this.network = networks ? this.choice(networks) : null;
    if (this.network) this.root.firstChild.prepend(this.network);
    this.name();
  }

  choice({ offered, chosen }) {
    const select = element("select");
    select.setAttribute("aria-label", fill(this.words.network_of, { number: this.number + 1 }));
    select.append(...offered.map((name) => element("option", "", name)));
    select.value = chosen[this.number];
    select.onchange = () => {
      this.name();
      this.view.changeNetwork();
    };
    return select;
  }

  heat() {
    const { value, min, max } = this.range;
    const temperature = Number(value).toFixed(2);
    this.value.textContent = temperature;
    this.range.setAttribute("aria-valuetext", temperature);
    this.range.style.setProperty("--filled", `${(100 * (value - min)) / (max - min)}%`);
    this.name();
  }

  // What the text is, for those who do not see its head.
  name() {
    const told = { number: this.number + 1, temperature: this.value.textContent, network: this.network?.value };
    this.text.setAttribute("aria-label", fill(this.network ? this.words.text_of : this.words.text, told));
  }

  listen() {
    const place = (event) => event.target.place ?? null;
    this.text.onpointermove = (event) => event.pointerType !== "touch" && this.view.hover(place(event));
    this.text.onpointerleave = () => this.view.hover(null);
    this.text.onclick = (event) => {
      if (!getSelection().isCollapsed) return; // marking text to copy it is not a click
      this.view.pin(place(event) === this.view.pinned ? null : place(event));
    };
    this.text.onkeydown = (event) => this.moved(event);
  }

  moved(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    if (event.key === "Escape") this.view.pin(null);
    if (!(event.key in steps) || !this.view.shown || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.view.pin((this.view.pinned ?? this.view.shown) + steps[event.key]);
  }

  begin(seed) {
    this.spans = []; // of each character
    this.invented = [];
    this.text.replaceChildren();
    this.block([]);
    this.text.firstChild.prepend(element("span", "seed", seed));
    this.follow();
  }

  append(characters, from) {
    const made = characters.map((character, step) => this.span(character, from + step));
    this.spans.push(...made);
    this.written.append(...made);
    while (this.written.childElementCount > 2 * BLOCK && this.split());
  }

  block(spans) {
    const block = element("div");
    this.written = element("span", "written");
    this.written.append(...spans);
    block.append(this.written);
    this.text.append(block);
  }

  // Ends a block where a line ends, so that a new character moves only what is in the last block.
  split() {
    const spans = [...this.written.children];
    const top = (span) => span.getBoundingClientRect().top;
    const line = top(spans[BLOCK]);
    const next = spans.findIndex((span, place) => place > BLOCK && top(span) - line > span.offsetHeight / 2);
    if (next > 0) this.block(spans.slice(next));
    return next > 0;
  }

  get atEnd() {
    return this.text.scrollHeight - this.text.scrollTop - this.text.clientHeight < 40;
  }

  span(character, place) {
    // The first column has no left neighbour to part from.
    const same = this.number > 0 && (this.parting === null || place < this.parting);
    const made = element("span", same ? "same" : place === this.parting ? "parts" : "", character);
    made.place = place;
    return made;
  }

  // Marks the invented words whose end has been shown.
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

  // Scrolls within the column, and leaves the page where it is.
  bring(place) {
    const { offsetTop, offsetHeight } = this.spans[place];
    const { scrollTop, clientHeight } = this.text;
    if (offsetTop < scrollTop || offsetTop + offsetHeight > scrollTop + clientHeight) {
      this.text.scrollTop = offsetTop - clientHeight / 2;
    }
  }

  follow() {
    this.text.scrollTop = this.text.scrollHeight;
  }

  // Figures: label, value, the spread of many runs, and the position that a click leads to.
  tell(figures) {
    for (const [label, value, spread, place] of figures) {
      if (!this.told.has(label)) this.told.set(label, this.row(label));
      const row = this.told.get(label);
      row.place = place;
      row.button.hidden = place === null;
      row.plain.hidden = place !== null;
      for (const one of [row.button, row.plain]) if (one.textContent !== value) one.textContent = value;
      if (row.spread.textContent !== spread) row.spread.textContent = spread;
    }
  }

  row(label) {
    const value = element("dd");
    const row = { plain: element("span"), button: element("button"), spread: element("dd", "spread") };
    row.button.type = "button";
    row.button.onclick = () => this.view.pin(row.place);
    value.append(row.plain, row.button);
    this.figures.append(element("dt", "", label), value, row.spread);
    return row;
  }
}

function explained(style, sample, said) {
  const line = element("span");
  line.append(element("span", style, sample), said);
  return line;
}

function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// Letters mean nothing to a slider, but the page takes them for typing and keeps its shortcuts still:
// hand them on, so that S stops the writing also after a temperature was moved.
function passOn(event) {
  if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    document.body.dispatchEvent(new KeyboardEvent(event.type, event));
  }
}

function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
