// Needs ../../components/shared/dom.js, requests.js, chart_events.js, streaming_view.js and text.js before it.
//
// The field of a text, and the text as the network reads it. Text is only ever written with textContent.
//
// A message has the characters from `start` on, and rests on those that the view has of version `base`. Where it does
// not have them, because the browser skipped a message, it reports that it has nothing, and gets all.
const TYPING_PAUSE = 120; // milliseconds after the last key until the field reports
const LEAST_BLOCK = 800; // characters of a block, which ends with a line
const LARGEST_BLOCK = 4000; // characters of a block where there are no lines
const COPIED = 4;
const LETTER_KEYS = /^.$/u;

export default function ({ data, parentElement, setTriggerValue }) {
  const [view, cleanUp] = viewIn(parentElement, () => new ReadView(parentElement.querySelector(".frame")));
  view.trigger = () => view.report(setTriggerValue);
  view.receive(data);
  return cleanUp;
}

class ReadView extends StreamingView {
  constructor(frame) {
    super();
    this.frame = frame;
    const label = createElement("label", "field");
    this.name = createElement("span");
    this.field = createElement("textarea");
    this.field.spellcheck = false;
    this.field.dir = "auto";
    label.append(this.name, this.field);
    this.region = createElement("div", "text");
    this.region.setAttribute("role", "region");
    this.region.tabIndex = 0;
    this.legend = createElement("ul", "legend");
    this.tip = createElement("div", "tip");
    this.tip.hidden = true;
    this.spoken = createSpoken();
    frame.replaceChildren(label, this.region, this.legend, this.tip, this.spoken);
    countText(1);

    this.version = -1; // of the text that is shown
    this.characters = []; // that are shown
    this.classes = ""; // of their ranks, COPIED more for a copied character
    this.tenths = []; // of their bits
    this.blocks = []; // of the text, in their order
    this.selected = null;
    this.selection = null; // a place that is to be reported
    this.number = 0; // of the text that the server has from the field
    this.known = ""; // this text
    this.length = 0; // of the text in the field, before it changes
    this.underway = null; // the text that was reported last, until the server has it
    this.field.oninput = () => this.onInput();
    this.field.onblur = () => this.handOver();
    this.field.onkeydown = this.field.onkeyup = (event) => {
      if (LETTER_KEYS.test(event.key) || event.key === "Enter") event.stopPropagation(); // no shortcut, but a letter
    };
    this.region.onclick = (event) => this.onClick(event);
    this.region.onkeydown = (event) => this.onKeyDown(event);
    this.region.onpointermove = (event) => this.showTip(event);
    this.region.onpointerleave = () => (this.tip.hidden = true);
  }

  get shown() {
    return this.characters.length;
  }

  // What is pasted is reported at once, what is typed when the hand rests.
  onInput() {
    const typed = Math.abs(this.field.value.length - this.length) <= 1;
    this.length = this.field.value.length;
    this.reportLater(typed ? TYPING_PAUSE : 0);
  }

  // Reports at once what was typed: the field is left, perhaps for another view, with which this one goes.
  handOver() {
    if (this.field.value === (this.underway ?? this.known) || isLeaving()) return;
    if (isWaiting()) this.known = null; // the server may have another text by now
    noteRequest();
    this.trigger();
  }

  showWords(words) {
    this.words = words;
    this.name.textContent = words.field;
    this.field.placeholder = words.placeholder;
    this.field.maxLength = words.longest;
    this.region.setAttribute("aria-label", words.text);
    this.region.setAttribute("aria-description", words.help);
    this.shares = words.classes.map(() => createElement("b"));
    this.legend.replaceChildren(...words.classes.map((name, kind) => {
      const item = createElement("li");
      item.append(createElement("span", `swatch k${kind}`, name), this.shares[kind]);
      return item;
    }));
  }

  receive(message) {
    if (message.message_id < this.messageId) return;
    this.messageId = message.message_id;
    if (message.words && !this.words) this.showWords(message.words);
    this.receiveField(message);
    const { version, base, start, text, classes, tenths } = message;
    const fits = start === 0 || ((version === this.version || base === this.version) && start <= this.shown);
    if (fits) this.receiveText(version, start, Array.from(text), classes, tenths);
    else this.version = -1;
    this.awaitNext(message.goes_on || message.field !== null || !fits, 0);
    if (this.words) message.shares.forEach((share, kind) => (this.shares[kind].textContent = `${Math.round(100 * share)}%`));
    if (message.choice) {
      this.receiveChoices({ ...message.choice, streaming: false }, this.shown);
      if (!message.goes_on) this.spoken.textContent = message.choice.said;
    }
    if (message.moves !== this.moves && this.selection === null) this.mark(message.place, this.moves !== undefined);
    this.moves = message.moves;
  }

  receiveField({ field, number }) {
    if (field !== null && field !== undefined) {
      const changed = field !== this.known || number !== this.number;
      this.known = field;
      this.underway = null;
      if (changed || this.field.value === "") this.field.value = field;
      this.length = this.field.value.length;
    } else if (this.underway !== null && number === this.number + 1) {
      this.known = this.underway;
      this.underway = null;
    } else if (number !== this.number || this.underway !== null) {
      this.known = null; // the server has another text, or has not heard of this one
      this.underway = null;
      this.reportLater(RETRY);
    }
    this.number = number;
  }

  receiveText(version, start, characters, classes, tenths) {
    const changed = start < this.shown || characters.length;
    this.version = version;
    if (!changed && this.shown) return;
    this.characters.length = start;
    this.tenths.length = start;
    for (const one of characters) this.characters.push(one);
    for (const one of tenths) this.tenths.push(one);
    this.classes = this.classes.slice(0, start) + classes;
    if (this.selected !== null && this.selected >= this.shown) this.selected = null;
    this.layOut(start);
  }

  // Draws the blocks from that of a place on.
  layOut(place) {
    while (this.blocks.length && this.blocks.at(-1).begin >= place) this.blocks.pop().element.remove();
    let block = this.blocks.pop();
    let begin = block?.begin ?? 0;
    block?.element.remove();
    this.region.querySelector(".empty")?.remove();
    while (begin < this.shown) {
      const end = this.blockEnd(begin);
      block = { begin, end, runs: this.runs(begin, end), element: createElement("div", "block") };
      this.draw(block);
      this.region.append(block.element);
      this.blocks.push(block);
      begin = block.end;
    }
    if (!this.shown && this.words) this.region.append(createElement("span", "empty", this.words.empty));
  }

  blockEnd(begin) {
    const most = Math.min(this.shown, begin + LARGEST_BLOCK);
    const line = this.characters.indexOf("\n", begin + LEAST_BLOCK);
    if (line >= 0 && line < most) return line + 1;
    if (most === this.shown) return most;
    const blank = this.characters.lastIndexOf(" ", most);
    return clusterEnd(this.characters, blank > begin ? blank : most - 1);
  }

  // Returns the runs of characters of one tint; what is shown as one is in one of them.
  runs(begin, end) {
    const runs = [];
    for (let place = begin; place < end; ) {
      const next = clusterEnd(this.characters, place, end);
      const style = this.styleOf(place, next);
      if (runs.at(-1)?.style === style) runs.at(-1).end = next;
      else runs.push({ begin: place, end: next, style });
      place = next;
    }
    return runs;
  }

  // Draws a block: a span for each run, and one for what is shown as the selected character.
  draw({ runs, element }) {
    const spans = [];
    const add = (begin, end, style) => {
      if (begin >= end) return;
      const span = createElement("span", style, this.characters.slice(begin, end).join(""));
      span.place = begin;
      spans.push(span);
    };
    for (const { begin, end, style } of runs) {
      if (this.selected === null || this.selected < begin || this.selected >= end) add(begin, end, style);
      else {
        const [first, last] = clusterAt(this.characters, this.selected);
        add(begin, first, style);
        add(Math.max(begin, first), Math.min(end, last), `${style} selected`);
        add(last, end, style);
      }
    }
    element.dir = ""; // else each span would have the direction found anew
    element.replaceChildren(...spans);
    element.dir = "auto";
  }

  // What is shown as one has the tint of its most surprising character.
  styleOf(begin, end) {
    let [kind, copied] = [this.classes[begin] % COPIED, this.isCopied(begin)];
    for (let place = begin + 1; place < end; place += 1) {
      kind = Math.max(kind, this.classes[place] % COPIED);
      copied ||= this.isCopied(place);
    }
    return copied ? `k${kind} copied` : `k${kind}`;
  }

  isCopied(place) {
    return this.classes[place] >= COPIED;
  }

  blockOf(place) {
    return this.blocks.find((block) => place >= block.begin && place < block.end);
  }

  onClick(event) {
    const marked = this.region.getRootNode().getSelection?.() ?? getSelection();
    if (marked && !marked.isCollapsed) return; // text was marked to be copied
    this.select(placeAt(event));
  }

  onKeyDown(event) {
    const place = placeByKey(event, this.selected, this.shown);
    if (place !== undefined) this.select(place);
  }

  select(place) {
    if (place === this.selected) return;
    this.mark(place, true);
    this.selection = place ?? -1;
    this.reportLater(0);
  }

  mark(place, scrolls) {
    const before = this.selected;
    this.selected = place ?? null;
    for (const block of new Set([this.blockOf(before ?? -1), this.blockOf(place ?? -1)])) if (block) this.draw(block);
    if (scrolls) this.region.querySelector(".selected")?.scrollIntoView({ block: "nearest" });
  }

  showTip(event) {
    const place = placeAt(event);
    this.tip.hidden = place === null || !this.words;
    if (this.tip.hidden) return;
    const character = this.words.signs[this.characters[place]] ?? this.characters[place].replace(/^\p{M}$/u, "◌$&");
    this.tip.textContent = this.words.tip
      .replace("{bits}", (this.tenths[place] / 10).toFixed(1))
      .replace("{character}", () => character) + (this.isCopied(place) ? this.words.copied : "");
    const { left, top: above, width } = this.frame.getBoundingClientRect();
    this.tip.style.left = `${Math.min(event.clientX - left + 14, width - this.tip.offsetWidth)}px`;
    this.tip.style.top = `${event.clientY - above - this.tip.offsetHeight - 10}px`;
  }

  // Reports to the page what is new, after a pause, and not while an answer is being waited for.
  reportLater(pause) {
    clearTimeout(this.reportTimer);
    this.reportTimer = setTimeout(() => {
      if (isWaiting()) {
        this.reportLater(RETRY);
        return;
      }
      noteRequest();
      this.trigger();
    }, pause);
  }

  report(send) {
    clearTimeout(this.reportTimer);
    const report = { version: Math.max(this.version, 0), characters: this.version < 0 ? 0 : this.shown, number: this.number };
    if (this.selection !== null) report.place = this.selection;
    this.selection = null;
    const value = this.field.value;
    if (value !== this.known) {
      report.edit = { base: this.number, ...difference(this.known, value) };
      this.underway = value;
    }
    send("report", report);
  }

  close() {
    super.close();
    countText(-1);
    clearTimeout(this.reportTimer);
  }
}

// Returns how a text became another one, in characters: those from `start` to `end` became `text`.
function difference(before, after) {
  if (before === null) return { start: 0, end: Number.MAX_SAFE_INTEGER, text: after };
  const shorter = Math.min(before.length, after.length);
  let same = 0;
  while (same < shorter && before[same] === after[same]) same += 1;
  if (isHalf(before, same) || isHalf(after, same)) same -= 1;
  let tail = 0;
  while (tail < shorter - same && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  if (isHalf(before, before.length - tail) || isHalf(after, after.length - tail)) tail -= 1;
  const start = Array.from(before.slice(0, same)).length;
  const changed = Array.from(before.slice(same, before.length - tail)).length;
  return { start, end: start + changed, text: after.slice(same, after.length - tail) };
}

// Returns whether a place is between the two halves of a character.
function isHalf(text, place) {
  return place > 0 && place < text.length && /[\uDC00-\uDFFF]/.test(text[place]) && /[\uD800-\uDBFF]/.test(text[place - 1]);
}
