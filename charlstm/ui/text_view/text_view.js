// The text as it grows. Text is only ever written with textContent.
//
// Each message carries the characters from `start` on; it overlaps the one before, so a message that
// the browser skipped leaves no gap. If there is one nevertheless, the view asks for the whole text.
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
    this.region.append(this.seed, this.written);
    this.bar = this.toolbar();
    frame.replaceChildren(this.region, this.bar);

    this.run = null;
    this.waiting = []; // characters that have come and are not yet shown
    this.selected = null;
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
    bar.append(legend, this.copyButton, button("Download", () => this.download()));
    return bar;
  }

  get shown() {
    return this.written.childElementCount;
  }

  receive({ label, still, run, seed, start, text, tints, interval }) {
    this.region.setAttribute("aria-label", label);
    this.region.classList.toggle("still", still);
    this.bar.hidden = still;
    if (seed !== null && (run !== this.run || seed !== this.seed.textContent)) this.begin(run, seed);
    const have = this.shown + this.waiting.length;
    if (run !== this.run || start > have) {
      if (this.asked !== run) this.trigger("lost", run);
      this.asked = run;
      return;
    }
    this.asked = null;
    const characters = Array.from(text);
    for (let place = have - start; place < characters.length; place += 1) {
      this.waiting.push(span(characters[place], tints[place]));
    }
    this.reveal(interval * 1000);
  }

  begin(run, seed) {
    this.run = run;
    this.waiting = [];
    this.selected = null;
    this.seed.textContent = seed;
    this.written.replaceChildren();
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
    const atEnd = !this.bar.hidden && this.region.scrollHeight - this.region.scrollTop - this.region.clientHeight < 40;
    this.written.append(...spans);
    if (atEnd) this.region.scrollTop = this.region.scrollHeight;
  }

  clicked(event) {
    if (this.bar.hidden) return; // a text that stands still has no choices to show
    const place = Array.prototype.indexOf.call(this.written.children, event.target);
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
    this.written.children[this.selected]?.classList.remove("selected");
    this.selected = place;
    const chosen = this.written.children[place];
    chosen?.classList.add("selected");
    chosen?.scrollIntoView({ block: "nearest" });
    this.trigger("selected", place ?? -1);
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.region.textContent);
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
    link.href = URL.createObjectURL(new Blob([this.region.textContent], { type: "text/plain;charset=utf-8" }));
    link.download = "charlstm.txt";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  close() {
    cancelAnimationFrame(this.frameRequest);
  }
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
