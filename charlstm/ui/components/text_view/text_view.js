// Needs ../shared/dom.js, requests.js, chart_events.js, streaming_view.js, curve.js and text.js before it.
//
// The text as it grows. Text is only ever written with textContent.
//
// Each message has the characters from `start` on, and overlaps the one before, so that a message which
// the browser skipped leaves no gap. If there is a gap nevertheless, the view asks for the whole text.
// A message with a lower `message_id` than the last one is ignored.
const REPORT_PAUSE = 60; // milliseconds between two reports of the selection
const SHARED_HEIGHT = 70; // pixels of the shared beginning that are shown above an original and its branch
const AT_END = 40; // pixels from the end of the text within which the view follows it
const LONGEST_SENTENCE = 200; // characters

export default function ({ data, parentElement, setTriggerValue }) {
  const [view, cleanUp] = viewIn(parentElement, () => new View(parentElement.querySelector(".frame")));
  view.trigger = setTriggerValue;
  view.receive(data);
  return cleanUp;
}

class View extends StreamingView { // of characters, and the class of each
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
    this.spoken = createSpoken();
    frame.replaceChildren(this.region, this.toolbar, this.spoken);
    this.counted = false; // a finished text answers nothing

    this.run = null;
    this.spans = []; // of each character that is shown
    this.digits = ""; // of their choices' entropies, see `entropy_digits`
    this.selected = null;
    this.selections = 0; // how often the viewer has selected a character
    this.region.onclick = (event) => this.onClick(event);
    this.region.onkeydown = (event) => this.onKeyDown(event);
    new ResizeObserver(() => this.shown && this.atEnd && this.scrollToEnd()).observe(this.region); // the page may lay something over its lower end
    this.onPresenterKey = (event) => this.pressPresenter(event);
    window.addEventListener("keydown", this.onPresenterKey);
  }

  createToolbar() {
    const bar = createElement("div", "toolbar");
    this.openButton = createButton("", () => this.selectOpenChoice());
    const legends = createElement("div", "legends");
    this.entropyLegend = createElement("div", "legend");
    this.legend = createElement("div", "legend");
    legends.append(this.entropyLegend, this.legend);
    bar.append(this.scrubber, this.openButton, legends);
    return bar;
  }

  showWords({ replay, next_open, entropy, open, entropy_help, expected, surprising, pick_help }) {
    if (this.name.textContent === replay) return;
    this.name.textContent = replay;
    this.openButton.textContent = next_open;
    const swatches = Array.from({ length: 7 }, (_, tint) => createElement("span", `swatch t${tint}`));
    this.entropyLegend.title = entropy_help;
    this.entropyLegend.replaceChildren(createElement("span", "", entropy), createElement("span", "bar"), createElement("span", "", open));
    this.legend.replaceChildren(createElement("span", "", expected), ...swatches, createElement("span", "", surprising));
    this.region.setAttribute("aria-description", pick_help);
  }

  // A native range over the steps, which keyboards and screen readers know, on the curve of their entropies.
  // Its end is the next choice.
  createScrubber() {
    const bar = createElement("label", "replay");
    this.name = createElement("span", "name");
    this.range = createElement("input");
    this.count = createElement("output");
    this.curve = createElement("canvas");
    const track = createElement("div", "track");
    track.append(this.curve, this.range);
    Object.assign(this.range, { type: "range", min: 0, step: 1 });
    this.range.oninput = () => {
      const place = Number(this.range.value);
      this.select(place < this.shown ? place : null);
    };
    this.range.onkeydown = this.range.onkeyup = forwardKey;
    bar.append(this.name, track, this.count);
    return bar;
  }

  get shown() {
    return this.spans.length;
  }

  receive(message) {
    const { message_id, label, still, run, seed, original, start, text, tints, running } = message;
    if (message_id < this.messageId) return;
    this.messageId = message_id;
    this.region.setAttribute("aria-label", label);
    this.region.classList.toggle("still", still);
    this.toolbar.hidden = still;
    this.running = running;
    if (message.words) this.showWords(message.words);
    this.open = message.open ?? this.open;
    if (!still) {
      if (!this.counted) countText(1);
      this.counted = true;
      this.awaitNext(running, message.tick);
    }
    if (seed !== null && (run !== this.run || seed !== this.seedText)) this.begin(run, seed, original);
    const name = this.branches.querySelector(".column:last-child .name");
    if (name && name.textContent !== message.branch_label) name.textContent = message.branch_label;
    if (!this.follows(run, start)) return;
    const received = this.shown + this.pending.length;
    const characters = Array.from(text);
    for (let place = received - start; place < characters.length; place += 1) {
      this.pending.push({ character: characters[place], style: `t${tints[place]}` });
    }
    if (message.choices) {
      this.digits = this.digits.slice(0, start) + message.bits;
      this.receiveChoices(message.choices, start + characters.length);
    }
    this.reveal(this.duration(message));
    this.followFocus(message);
    if (!still && message.choices) this.announce(message);
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
    this.digits = "";
    this.frames = [];
    this.sentence = "";
    this.selected = this.moves = null;
    this.seedText = this.seed.textContent = seed;
    this.region.dir = "";
    directBy(seed, this.region);
    this.written.replaceChildren();
    this.divergence = original?.position ?? Infinity;
    this.branch = this.written;
    this.branches.replaceChildren();
    this.region.classList.toggle("branched", Boolean(original));
    if (original) {
      this.branch = createElement("span", "written");
      const originalText = createElement("span", "original");
      const spans = [];
      Array.from(original.text).forEach((character, place) => addCharacter(spans, character, `t${original.tints[place]}`));
      originalText.append(...new Set(spans));
      this.branches.append(
        createColumn(original.label, originalText),
        createColumn("", this.branch),
      );
    }
    this.region.scrollTop = this.toolbar.hidden ? 0 : this.region.scrollHeight;
    if (original && !original.position) this.showBranches();
  }

  append(characters) {
    const atEnd = this.atEnd;
    const diverges = this.shown < this.divergence && this.shown + characters.length >= this.divergence;
    const [shared, own] = [[], []];
    directBy(characters.map(({ character }) => character).join(""), this.region);
    for (const { character, style } of characters) {
      const place = this.shown;
      const end = place ? "" : takeEnd(this.seed, character);
      const span = addCharacter(this.spans, end + character, style, place === this.divergence);
      if (span) (place < this.divergence ? shared : own).push(span);
    }
    this.written.append(...shared);
    this.branch.append(...own);
    if (diverges) this.showBranches();
    if (atEnd) this.scrollToEnd();
    if (this.toolbar.hidden) return;
    this.speak(characters);
    this.showDueChoice();
    this.updateScrubber();
  }

  get atEnd() {
    const last = this.spans.at(-1);
    return !this.toolbar.hidden && (!last || bottom(last) < bottom(this.region) + AT_END);
  }

  scrollToEnd() {
    const room = parseFloat(getComputedStyle(this.region).paddingBottom);
    this.region.scrollTop += Math.max(0, bottom(this.spans.at(-1)) - bottom(this.region) + room);
  }

  // Scrolls to where a branch and its original begin, under the end of what they share.
  showBranches() {
    this.region.scrollTop += top(this.branches) - top(this.region) - SHARED_HEIGHT;
  }

  // Hands what is written to screen readers in sentences, not letter by letter.
  speak(characters) {
    this.sentence = (this.sentence ?? "") + characters.map(({ character }) => character).join("");
    const end = Math.max(...[".", "!", "?", "\n"].map((mark) => this.sentence.lastIndexOf(mark)));
    if (end < 0 && this.sentence.length < LONGEST_SENTENCE) return;
    this.spoken.textContent = this.sentence.slice(0, end < 0 ? undefined : end + 1);
    this.sentence = end < 0 ? "" : this.sentence.slice(end + 1);
  }

  // Hands the choice that is shown to screen readers, in words, after the sentence above the chart.
  announce({ choices, running }) {
    readAloud("said");
    if (running || !choices.said || choices.said === this.said) return;
    this.said = this.spoken.textContent = choices.said;
  }

  onClick(event) {
    if (this.toolbar.hidden) return; // a still text has no choices to show
    const place = this.spans.lastIndexOf(event.target); // of a cluster the last character
    if (!getSelection().isCollapsed) return; // text was marked to be copied
    this.select(place >= 0 ? place : null);
  }

  onKeyDown(event) {
    if (/^[1-9]$/.test(event.key) && !this.running && !isLeaving()) this.trigger("picked", Number(event.key) - 1);
    const place = placeByKey(event, this.selected, this.toolbar.hidden ? 0 : this.shown);
    if (place !== undefined) this.select(place);
  }

  // A presenter's keys step the slow motion, where they do not scroll or move anything else.
  pressPresenter(event) {
    const steps = { PageDown: 1, PageUp: -1 };
    if (!(event.key in steps) || this.toolbar.hidden || this.running || event.composedPath()[0].matches?.("input, textarea")) return;
    event.preventDefault();
    this.trigger("presenter", steps[event.key]);
  }

  // Goes to the next open choice; after the last one, and where a text is being written, the page writes on to it.
  selectOpenChoice() {
    for (let place = (this.selected ?? -1) + 1; place < this.shown && !this.running; place += 1) {
      if (parseInt(this.digits[place], 36) >= this.open) return this.select(place);
    }
    this.writeToOpenChoice();
  }

  writeToOpenChoice() {
    clearTimeout(this.openTimer);
    if (isWaiting()) {
      this.openTimer = setTimeout(() => this.writeToOpenChoice(), RETRY);
      return;
    }
    noteRequest();
    this.trigger("next_open", true);
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
      if (isLeaving()) return;
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
    if (this.toolbar.hidden) return;
    drawCurve(this.curve, this.digits.slice(0, this.shown), this.open, idle ? null : this.selected);
    if (idle) return;
    const place = this.selected ?? this.shown;
    this.range.max = this.shown;
    this.range.value = place;
    this.range.style.setProperty("--filled", `${(100 * place) / this.shown}%`);
    this.count.textContent = `${Math.min(place + 1, this.shown)} / ${this.shown}`;
    this.range.setAttribute("aria-valuetext", this.count.textContent);
  }

  close() {
    super.close();
    if (this.counted) countText(-1);
    clearTimeout(this.reportTimer);
    clearTimeout(this.openTimer);
    window.removeEventListener("keydown", this.onPresenterKey);
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
  column.append(Object.assign(createElement("div", "name", name), { dir: "ltr" }), text);
  return column;
}

function createButton(text, action) {
  const button = createElement("button", "", text);
  button.type = "button";
  button.onclick = action;
  return button;
}
