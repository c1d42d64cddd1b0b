// Needs ../shared/dom.js and ../shared/streaming_view.js before it.
//
// The text as it grows. Text is only ever written with textContent.
//
// Each message has the characters from `start` on, and overlaps the one before, so that a message which
// the browser skipped leaves no gap. If there is a gap nevertheless, the view asks for the whole text.
// A message with a lower `message_id` than the last one is ignored.
const REPORT_PAUSE = 60; // milliseconds between two reports of the selection
const SHARED_HEIGHT = 70; // pixels of the shared beginning that are shown above an original and its branch
const AT_END = 40; // pixels from the end of the text within which the view follows it

export default function ({ data, parentElement, setTriggerValue }) {
  const [view, cleanUp] = viewIn(parentElement, () => new View(parentElement.querySelector(".frame")));
  view.trigger = setTriggerValue;
  view.receive(data);
  return cleanUp;
}

class View extends StreamingView { // of a span for each character
  constructor(frame) {
    super();
    this.region = createElement("div", "text");
    this.region.setAttribute("role", "region");
    this.region.tabIndex = 0;
    this.seed = createElement("span", "seed");
    this.written = createElement("span", "written");
    this.branches = createElement("div", "branches");
    this.region.append(this.seed, this.written, this.branches);
    this.scrubber = this.createScrubber();
    this.toolbar = this.createToolbar();
    frame.replaceChildren(this.region, this.toolbar);

    this.run = null;
    this.spans = []; // of the characters that are shown
    this.selected = null;
    this.selections = 0; // how often the viewer has selected a character
    this.region.onclick = (event) => this.onClick(event);
    this.region.onkeydown = (event) => this.onKeyDown(event);
  }

  createToolbar() {
    const bar = createElement("div", "toolbar");
    const legend = createElement("div", "legend");
    legend.append(createElement("span", "", "expected"));
    for (let tint = 0; tint <= 6; tint += 1) legend.append(createElement("span", `swatch t${tint}`));
    legend.append(createElement("span", "", "surprising"));
    this.copyButton = createButton("Copy", () => this.copy());
    bar.append(this.scrubber, legend, this.copyButton, createButton("Download", () => this.download()));
    return bar;
  }

  // A native range over the steps, which keyboards and screen readers know. Its end is the next choice.
  createScrubber() {
    const bar = createElement("label", "replay");
    this.name = createElement("span");
    this.range = createElement("input");
    this.count = createElement("output");
    Object.assign(this.range, { type: "range", min: 0, step: 1 });
    this.range.oninput = () => {
      const place = Number(this.range.value);
      this.select(place < this.shown ? place : null);
    };
    this.range.onkeydown = this.range.onkeyup = forwardKey;
    bar.append(this.name, this.range, this.count);
    return bar;
  }

  get shown() {
    return this.spans.length;
  }

  get text() {
    return this.seed.textContent + this.spans.map((span) => span.textContent).join("");
  }

  receive(message) {
    const { message_id, label, still, run, seed, original, start, text, tints, interval, running } = message;
    if (message_id < this.messageId) return;
    this.messageId = message_id;
    this.region.setAttribute("aria-label", label);
    this.region.classList.toggle("still", still);
    this.toolbar.hidden = still;
    this.running = running;
    this.name.textContent = message.replay ?? "";
    if (seed !== null && (run !== this.run || seed !== this.seed.textContent)) this.begin(run, seed, original);
    if (!this.follows(run, start)) return;
    const received = this.shown + this.pending.length;
    const characters = Array.from(text);
    for (let place = received - start; place < characters.length; place += 1) {
      this.pending.push(createSpan(characters[place], tints[place]));
    }
    this.reveal(interval * 1000);
    this.followFocus(message);
    this.updateScrubber();
  }

  // Marks the character to which the page has moved the focus, unless the page did not yet know of the
  // viewer's last selection then.
  followFocus({ moves, at, selections_seen }) {
    const upToDate = !(selections_seen < this.selections) || performance.now() - this.selectedAt > ANSWER_TIMEOUT;
    if (moves !== this.moves && upToDate) this.mark(at ?? null);
    this.moves = moves;
  }

  // Begins another text. A branch and its original are shown side by side from where they diverge.
  begin(run, seed, original) {
    this.run = run;
    this.spans = [];
    this.pending = [];
    this.selected = this.moves = null;
    this.seed.textContent = seed;
    this.written.replaceChildren();
    this.divergence = original?.position ?? Infinity;
    this.branch = this.written;
    this.branches.replaceChildren();
    this.region.classList.toggle("branched", Boolean(original));
    if (original) {
      this.branch = createElement("span", "written");
      const originalText = createElement("span", "original");
      const spans = Array.from(original.text).map((character, place) => createSpan(character, original.tints[place]));
      originalText.append(...spans);
      this.branches.append(
        createColumn(original.original_label, originalText),
        createColumn(original.branch_label, this.branch),
      );
    }
    this.region.scrollTop = this.toolbar.hidden ? 0 : this.region.scrollHeight;
  }

  append(spans) {
    const last = this.spans.at(-1);
    const atEnd = !this.toolbar.hidden && (!last || bottom(last) < bottom(this.region) + AT_END);
    const shared = Math.max(0, Math.min(spans.length, this.divergence - this.shown));
    const diverges = this.shown < this.divergence && this.shown + spans.length >= this.divergence;
    this.spans.push(...spans);
    this.written.append(...spans.slice(0, shared));
    this.branch.append(...spans.slice(shared));
    if (diverges) this.region.scrollTop += top(this.branches) - top(this.region) - SHARED_HEIGHT;
    if (atEnd) this.region.scrollTop += Math.max(0, bottom(spans.at(-1)) - bottom(this.region) + 12);
    this.updateScrubber();
  }

  onClick(event) {
    if (this.toolbar.hidden) return; // a still text has no choices to show
    const place = this.spans.indexOf(event.target);
    if (!getSelection().isCollapsed) return; // text was marked to be copied
    this.select(place >= 0 ? place : null);
  }

  onKeyDown(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    if (event.key === "Escape") this.select(null);
    if (this.toolbar.hidden || !this.shown || !(event.key in steps)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const from = this.selected ?? this.shown;
    this.select(Math.min(Math.max(from + steps[event.key], 0), this.shown - 1));
  }

  select(place) {
    if (place === this.selected) return;
    this.selections += 1;
    this.selectedAt = performance.now();
    this.mark(place);
    this.updateScrubber();
    this.report();
  }

  // Reports the selected character to the page, at most once in REPORT_PAUSE, and always the last one.
  report() {
    this.reportTimer ??= setTimeout(() => {
      this.reportTimer = null;
      this.reportedAt = performance.now();
      this.trigger("selected", { place: this.selected ?? -1, selections: this.selections });
    }, Math.max(0, REPORT_PAUSE - (performance.now() - (this.reportedAt ?? 0))));
  }

  mark(place) {
    this.spans[this.selected]?.classList.remove("selected");
    this.selected = place;
    const span = this.spans[place];
    span?.classList.add("selected");
    span?.scrollIntoView({ block: "nearest" });
    // What was written after the selected character is faint, both branches included.
    this.region.classList.toggle("before", Boolean(span) && place < this.divergence);
  }

  updateScrubber() {
    const idle = this.toolbar.hidden || this.running || !this.shown;
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
      // No permission, or no secure context: mark the text instead, to be copied with Ctrl+C.
      getSelection().selectAllChildren(this.region);
      this.showMessage("Marked: press Ctrl+C");
      return;
    }
    this.showMessage("Copied");
  }

  showMessage(message) {
    this.copyButton.textContent = message;
    setTimeout(() => (this.copyButton.textContent = "Copy"), 2000);
  }

  download() {
    const link = createElement("a");
    link.href = URL.createObjectURL(new Blob([this.text], { type: "text/plain;charset=utf-8" }));
    link.download = "charlstm.txt";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  close() {
    super.close();
    clearTimeout(this.reportTimer);
  }
}

function top(node) {
  return node.getBoundingClientRect().top;
}

function bottom(node) {
  return node.getBoundingClientRect().bottom;
}

function createColumn(name, text) {
  const column = createElement("div", "column");
  column.append(createElement("div", "name", name), text);
  return column;
}

function createSpan(character, tint) {
  return createElement("span", `t${tint}`, character);
}

function createButton(text, action) {
  const button = createElement("button", "", text);
  button.type = "button";
  button.onclick = action;
  return button;
}
