// The text as it grows. Text is only ever written with textContent.
//
// Each message carries the characters from `start` on; it overlaps the one before, so a message that
// the browser skipped leaves no gap. If there is one nevertheless, the view asks for the whole text.
// One that is older than what is shown already, by its number, came too late.
const PAUSE = 60; // milliseconds
const ANSWER = 2000; // milliseconds for which an answer of the page is waited for
const SHARED = 70; // pixels of a shared beginning that are seen over two texts
const views = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let view = views.get(parentElement);
  if (!view) {
    view = new View(parentElement.querySelector(".frame"));
    views.set(parentElement, view);
  }
  view.trigger = setTriggerValue;
  view.receive(data);
  return () => {
    if (parentElement.isConnected) return; // Streamlit also cleans up after a message that another has overtaken
    view.close();
    views.delete(parentElement);
  };
}

class View {
  constructor(frame) {
    this.region = element("div", "text");
    this.region.setAttribute("role", "region");
    this.region.tabIndex = 0;
    this.seed = element("span", "seed");
    this.written = element("span", "written");
    this.branches = element("div", "branches");
    this.region.append(this.seed, this.written, this.branches);
    this.scrubber = this.replayBar();
    this.bar = this.toolbar();
    frame.replaceChildren(this.region, this.bar);

    this.run = null;
    this.spans = []; // of the characters that are shown
    this.waiting = []; // characters that have come and are not yet shown
    this.selected = null;
    this.selections = 0; // how often a hand has selected here
    this.frameRequest = null;
    this.region.onclick = (event) => this.clicked(event);
    this.region.onkeydown = (event) => this.moved(event);
  }

  toolbar() {
    const bar = element("div", "toolbar");
    const legend = element("div", "legend");
    legend.append(element("span", "", "the network expected it"));
    for (let tint = 0; tint <= 6; tint += 1) legend.append(element("span", `swatch t${tint}`));
    legend.append(element("span", "", "it hardly did"));
    this.copyButton = button("Copy", () => this.copy());
    bar.append(this.scrubber, legend, this.copyButton, button("Download", () => this.download()));
    return bar;
  }

  // A native range over the steps: keyboard and screen reader for free. Its end is the present.
  replayBar() {
    const bar = element("label", "replay");
    this.name = element("span");
    this.range = element("input");
    this.count = element("output");
    Object.assign(this.range, { type: "range", min: 0, step: 1 });
    this.range.oninput = () => {
      const place = Number(this.range.value);
      this.select(place < this.shown ? place : null);
    };
    this.range.onkeydown = this.range.onkeyup = passOn;
    bar.append(this.name, this.range, this.count);
    return bar;
  }

  get shown() {
    return this.spans.length;
  }

  get text() {
    return this.seed.textContent + this.spans.map((one) => one.textContent).join("");
  }

  receive({ label, still, run, seed, beside, start, text, tints, interval, running, replay, moves, at, heard, number }) {
    if (number < this.number) return;
    this.number = number;
    this.region.setAttribute("aria-label", label);
    this.region.classList.toggle("still", still);
    this.bar.hidden = still;
    this.running = running;
    this.name.textContent = replay ?? "";
    if (seed !== null && (run !== this.run || seed !== this.seed.textContent)) this.begin(run, seed, beside);
    const have = this.shown + this.waiting.length;
    if (run !== this.run || start > have) {
      if (!this.asking) this.ask();
      return;
    }
    clearTimeout(this.asking);
    this.asking = null;
    const characters = Array.from(text);
    for (let place = have - start; place < characters.length; place += 1) {
      this.waiting.push(span(characters[place], tints[place]));
    }
    this.reveal(interval * 1000);
    // What the page said before it heard of the last selection does not undo it.
    const answered = !(heard < this.selections) || performance.now() - this.touched > ANSWER;
    if (moves !== this.moves && answered) this.mark(at ?? null);
    this.moves = moves;
    this.showReplay();
  }

  // Asks for all, and again until it has come: the browser may skip the answer, too.
  ask() {
    this.trigger("lost", true);
    this.asking = setTimeout(() => this.ask(), ANSWER);
  }

  // Begins another text. Where it has parted from an earlier one, both stand side by side from there on.
  begin(run, seed, beside) {
    this.run = run;
    this.spans = [];
    this.waiting = [];
    this.selected = this.moves = null;
    this.seed.textContent = seed;
    this.written.replaceChildren();
    this.parted = beside?.position ?? Infinity;
    this.branch = this.written;
    this.branches.replaceChildren();
    this.region.classList.toggle("parted", Boolean(beside));
    if (beside) {
      this.branch = element("span", "written");
      const other = element("span", "was");
      other.append(...Array.from(beside.text).map((character, place) => span(character, beside.tints[place])));
      this.branches.append(column(beside.as_it_was, other), column(beside.what_if, this.branch));
    }
    this.region.scrollTop = this.bar.hidden ? 0 : this.region.scrollHeight;
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

  append(spans) {
    const last = this.spans.at(-1);
    const atEnd = !this.bar.hidden && (!last || bottom(last) < bottom(this.region) + 40);
    const shared = Math.max(0, Math.min(spans.length, this.parted - this.shown));
    const parts = this.shown < this.parted && this.shown + spans.length >= this.parted;
    this.spans.push(...spans);
    this.written.append(...spans.slice(0, shared));
    this.branch.append(...spans.slice(shared));
    if (parts) this.region.scrollTop += top(this.branches) - top(this.region) - SHARED;
    if (atEnd) this.region.scrollTop += Math.max(0, bottom(spans.at(-1)) - bottom(this.region) + 12);
    this.showReplay();
  }

  clicked(event) {
    if (this.bar.hidden) return; // a text that stands still has no choices to show
    const place = this.spans.indexOf(event.target);
    if (!getSelection().isCollapsed) return; // marking text to copy it is not a click
    this.select(place >= 0 ? place : null);
  }

  moved(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    if (event.key === "Escape") this.select(null);
    if (this.bar.hidden || !(event.key in steps) || !this.shown || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const from = this.selected ?? this.shown;
    this.select(Math.min(Math.max(from + steps[event.key], 0), this.shown - 1));
  }

  select(place) {
    if (place === this.selected) return;
    this.selections += 1;
    this.touched = performance.now();
    this.mark(place);
    this.showReplay();
    this.report();
  }

  // Tells the page which character is selected: at most so often, and always the last one.
  report() {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.reported = performance.now();
      this.trigger("selected", { place: this.selected ?? -1, selections: this.selections });
    }, Math.max(0, PAUSE - (performance.now() - (this.reported ?? 0))));
  }

  mark(place) {
    this.spans[this.selected]?.classList.remove("selected");
    this.selected = place;
    const chosen = this.spans[place];
    chosen?.classList.add("selected");
    chosen?.scrollIntoView({ block: "nearest" });
    // While it is replayed, what had not been written yet is faint.
    this.region.classList.toggle("before", Boolean(chosen) && place < this.parted);
  }

  showReplay() {
    const idle = this.bar.hidden || this.running || !this.shown;
    this.scrubber.classList.toggle("idle", idle);
    this.region.classList.toggle("replaying", !idle);
    if (idle) return;
    const place = this.selected ?? this.shown;
    this.range.max = this.shown;
    this.range.value = place;
    this.range.style.setProperty("--filled", `${(100 * place) / this.shown}%`);
    this.count.textContent = `${Math.min(place + 1, this.shown)} / ${this.shown}`;
    this.range.setAttribute("aria-valuetext", this.count.textContent);
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.text);
    } catch {
      // No permission, or no secure context: mark the text instead, for the person's own Ctrl+C.
      getSelection().selectAllChildren(this.region);
      this.say("Marked: press Ctrl+C");
      return;
    }
    this.say("Copied");
  }

  say(message) {
    this.copyButton.textContent = message;
    setTimeout(() => (this.copyButton.textContent = "Copy"), 2000);
  }

  download() {
    const link = element("a");
    link.href = URL.createObjectURL(new Blob([this.text], { type: "text/plain;charset=utf-8" }));
    link.download = "charlstm.txt";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  close() {
    cancelAnimationFrame(this.frameRequest);
    clearTimeout(this.timer);
    clearTimeout(this.asking);
  }
}

// Letters mean nothing to a range, but the page takes them for typing and keeps its shortcuts still.
function passOn(event) {
  if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    document.body.dispatchEvent(new KeyboardEvent(event.type, event));
  }
}

function top(part) {
  return part.getBoundingClientRect().top;
}

function bottom(part) {
  return part.getBoundingClientRect().bottom;
}

function column(name, text) {
  const made = element("div", "column");
  made.append(element("div", "name", name), text);
  return made;
}

function span(character, tint) {
  return element("span", `t${tint}`, character);
}

function button(text, action) {
  const made = element("button", "", text);
  made.type = "button";
  made.onclick = action;
  return made;
}

function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
