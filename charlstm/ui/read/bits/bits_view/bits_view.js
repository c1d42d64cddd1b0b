// Needs ../../../components/shared/dom.js, requests.js, chart_events.js, streaming_view.js and text.js before it.
//
// The codes of a text, each bit a square, and the text that is decoded. Text is only ever written with textContent.
//
// A message has the characters from `start` on. Where the view has not those before, because the browser skipped a
// message, it reports that it has nothing, and gets all.
const PER_ROW = 144; // squares, at least, where there is room
const BYTE = 8; // bits; a row has whole bytes, so that what repeats in each character stands in columns
const SMALLEST = 2; // pixels of a square

export default function ({ data, parentElement, setTriggerValue }) {
  const [view, cleanUp] = viewIn(parentElement, () => new BitsView(parentElement.querySelector(".frame")));
  view.trigger = () => setTriggerValue("report", view.report());
  view.receive(data);
  return cleanUp;
}

class BitsView extends StreamingView {
  constructor(frame) {
    super();
    this.codes = createElement("div", "codes");
    this.region = createElement("div", "text");
    this.region.setAttribute("role", "region");
    this.region.tabIndex = 0;
    this.region.dir = "auto";
    this.same = createElement("span", "same");
    this.other = createElement("span", "other");
    this.region.append(this.same, this.other);
    this.spoken = createSpoken();
    frame.replaceChildren(this.codes, this.region, this.spoken);
    this.fields = [];
    this.mark = null; // of the bit that would be flipped
    this.version = -1; // of what is shown
    this.characters = [];
    this.selected = null;
    this.news = {}; // what is to be reported besides
    this.region.onclick = (event) => this.select(placeAt(event));
    this.region.onkeydown = (event) => this.onKeyDown(event);
    this.resized = new ResizeObserver(() => this.fields.forEach((field) => this.draw(field)));
    this.resized.observe(frame);
    countText(1);
  }

  get shown() {
    return this.characters.length;
  }

  receive(message) {
    if (message.message_id < this.messageId) return;
    this.messageId = message.message_id;
    this.region.setAttribute("aria-label", message.words.text);
    const fits = message.start === 0 || (message.version === this.version && message.start <= this.shown);
    const { flipped, flips, last } = message;
    Object.assign(this, { flipped, flips, last });
    if (message.fields) this.showFields(message.fields, message.words);
    else this.draw(this.coded);
    if (fits) {
      this.version = message.version;
      this.characters.length = message.start;
      this.characters.push(...message.text);
      this.difference = message.difference ?? Infinity;
      const moved = message.moves !== this.moves;
      if (moved) this.selected = message.place;
      this.moves = message.moves;
      this.write();
      if (moved) this.bringIntoSight();
    } else this.version = -1;
    this.awaitNext(message.goes_on || !fits, 0);
    this.receiveChoices({ ...message.choice, streaming: false }, this.shown);
    if (!message.goes_on && this.said !== message.words.said) this.spoken.textContent = this.said = message.words.said;
  }

  // Writes the text: what is the coded text, and from the first other character on what is not; one is selected.
  write() {
    const part = (begin, end) => this.characters.slice(begin, end).join("");
    const differs = Math.min(this.difference, this.shown);
    const spans = [];
    const add = (begin, end, kind) => {
      if (begin >= end) return;
      const span = createElement("span", kind, part(begin, end));
      span.place = begin;
      spans.push(span);
    };
    const [first, last] = this.selected === null ? [-1, -1] : clusterAt(this.characters, this.selected);
    for (const [begin, end, kind] of [[0, differs, "same"], [differs, this.shown, "other"]]) {
      add(begin, Math.min(end, first), kind);
      add(Math.max(begin, first), Math.min(end, last), `${kind} selected`);
      add(Math.max(begin, last), end, kind);
    }
    this.region.replaceChildren(...spans);
  }

  // Scrolls the text, but not the page, to the selected character, or to its beginning where there is none.
  bringIntoSight() {
    const { region } = this;
    const selected = region.querySelector(".selected");
    if (!selected) region.scrollTop = 0;
    else if (selected.offsetTop < region.scrollTop || selected.offsetTop + selected.offsetHeight > region.scrollTop + region.clientHeight) {
      region.scrollTop = selected.offsetTop - region.clientHeight / 3;
    }
  }

  showFields(fields, words) {
    const focused = Boolean(this.codes.querySelector(".bits:focus"));
    this.mark = null;
    this.fields = fields.map(({ name, count, bits }, place) => {
      const element = createElement("figure", "code");
      const canvas = createElement("canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", words.field.replace("{name}", () => name).replace("{count}", count));
      const caption = createElement("figcaption");
      caption.append(createElement("span", "", name));
      if (place === 0) caption.append(this.legend(words));
      caption.append(createElement("b", "", words.count.replace("{count}", count.toLocaleString("en"))));
      const box = createElement("div", "box");
      box.append(canvas);
      element.append(caption, box);
      return { element, box, canvas, count, bytes: Uint8Array.from(atob(bits), (one) => one.charCodeAt(0)) };
    });
    this.codes.replaceChildren(...this.fields.map((field) => field.element));
    this.fields.forEach((field) => this.draw(field));
    if (this.flips && this.coded.count) this.offerFlips(fields.at(-1).name, words);
    if (focused) this.codes.querySelector(".bits")?.focus();
    if (this.flipped !== null) this.showBit(this.flipped);
  }

  legend({ one, zero, stripes }) {
    const legend = createElement("span", "legend");
    legend.append(createElement("i", "one"), `${one} `, createElement("i", "zero"), `${zero} `, createElement("span", "", stripes));
    return legend;
  }

  get coded() {
    return this.fields.at(-1);
  }

  // Lets a bit be flipped: under the pointer, or by the keyboard, where the arrows lead from one to another.
  offerFlips(name, words) {
    const { canvas, count } = this.coded;
    const mark = (this.mark = createElement("div", "mark"));
    mark.hidden = true;
    this.bit = this.flipped ?? 0;
    const wrapper = createElement("div", "bits");
    Object.assign(wrapper, { title: words.flip, tabIndex: 0 });
    wrapper.setAttribute("role", "slider");
    wrapper.setAttribute("aria-label", words.bit.replace("{name}", () => name));
    wrapper.setAttribute("aria-valuemin", 1);
    wrapper.setAttribute("aria-valuemax", count);
    canvas.replaceWith(wrapper);
    wrapper.append(canvas, mark);
    const point = (bit) => {
      this.bit = Math.min(Math.max(bit, 0), count - 1);
      const value = { "{number}": this.bit + 1, "{count}": count, "{bit}": bitAt(this.coded, this.bit) };
      wrapper.setAttribute("aria-valuenow", this.bit + 1);
      wrapper.setAttribute("aria-valuetext", Object.entries(value).reduce((text, [key, one]) => text.replace(key, one), words.value));
      this.placeMark();
    };
    point(this.bit);
    canvas.onpointermove = (event) => {
      const bit = this.bitUnder(event);
      mark.hidden = bit >= count;
      if (bit < count) point(bit);
    };
    wrapper.onpointerleave = wrapper.onblur = () => (mark.hidden = true);
    wrapper.onfocus = () => (mark.hidden = !wrapper.matches(":focus-visible"));
    canvas.onclick = (event) => this.flip(this.bitUnder(event));
    wrapper.onkeydown = (event) => {
      const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.coded.perRow, ArrowDown: this.coded.perRow, Home: -count, End: count };
      if (event.key in steps) point(this.bit + steps[event.key]);
      else if (event.key === "Enter" || event.key === " ") this.flip(this.bit);
      else return;
      event.preventDefault();
      mark.hidden = false;
      this.showBit(this.bit);
    };
  }

  bitUnder({ offsetX, offsetY }) {
    const { size, perRow } = this.coded;
    return Math.floor(offsetY / size) * perRow + Math.min(Math.floor(offsetX / size), perRow - 1);
  }

  placeMark() {
    const { size, perRow } = this.coded;
    const { style } = this.mark;
    style.left = `${(this.bit % perRow) * size}px`;
    style.top = `${Math.floor(this.bit / perRow) * size}px`;
    style.width = style.height = `${size}px`;
  }

  // Scrolls the network's code to a bit, where it has more rows than there is room for.
  showBit(bit) {
    const { box, size, perRow } = this.coded;
    const above = Math.floor(bit / perRow) * size;
    if (above < box.scrollTop || above + size > box.scrollTop + box.clientHeight) box.scrollTop = above - box.clientHeight / 2;
  }

  // Draws a field of squares: black for 1, white for 0, as the theme has them. Of the bits that are decoded, those that
  // were read last for the selected character are in its colour, and the flipped one stands out.
  draw(field) {
    const width = this.codes.clientWidth;
    if (!field || !width) return;
    const { canvas, count } = field;
    const decoded = field === this.coded;
    const size = Math.max(SMALLEST, Math.floor(width / PER_ROW));
    field.perRow = BYTE * Math.max(1, Math.floor(width / size / BYTE));
    field.size = size;
    const rows = Math.ceil(count / field.perRow);
    const scale = window.devicePixelRatio || 1;
    field.element.style.width = canvas.style.width = `${field.perRow * size}px`;
    canvas.style.height = `${rows * size}px`;
    canvas.width = field.perRow * size * scale;
    canvas.height = rows * size * scale;
    // At another temperature the network's code has another length: its place has the height of gzip's, so that the
    // text below it stays where it is.
    if (decoded) field.box.style.height = this.fields[1].canvas.style.height;
    const context = canvas.getContext("2d");
    const style = getComputedStyle(this.codes);
    const [one, zero, lastOne, lastZero, flipped] = ["--one", "--zero", "--last-one", "--last-zero", "--flipped"].map((name) => style.getPropertyValue(name));
    const [begin, end] = (decoded && this.last) || [0, 0];
    context.scale(scale, scale);
    const fill = (bit, colour, wider = 0) => {
      context.fillStyle = colour;
      const [x, y] = [(bit % field.perRow) * size, Math.floor(bit / field.perRow) * size];
      context.fillRect(x - wider, y - wider, size + 2 * wider, size + 2 * wider);
    };
    for (let bit = 0; bit < count; bit += 1) {
      const isLast = bit >= begin && bit < end;
      const isOne = bitAt(field, bit) === 1;
      fill(bit, isOne ? (isLast ? lastOne : one) : isLast ? lastZero : zero);
    }
    if (decoded && this.flipped !== null) {
      fill(this.flipped, zero, 1.5 * size);
      fill(this.flipped, flipped, size);
    }
    if (decoded && this.mark) this.placeMark();
  }

  flip(bit) {
    if (bit < this.coded.count) this.tell({ bit });
  }

  onKeyDown(event) {
    const place = placeByKey(event, this.selected, this.shown);
    if (place !== undefined) this.select(place);
  }

  select(place) {
    if (place === this.selected) return;
    this.selected = place;
    this.write();
    this.bringIntoSight();
    this.tell({ place: place ?? -1 });
  }

  tell(news) {
    Object.assign(this.news, news);
    clearTimeout(this.reportTimer);
    const send = () => {
      if (isWaiting()) {
        this.reportTimer = setTimeout(send, RETRY);
        return;
      }
      noteRequest();
      this.trigger();
    };
    send();
  }

  report() {
    const { news } = this;
    this.news = {};
    return { version: Math.max(this.version, 0), characters: this.version < 0 ? 0 : this.shown, ...news };
  }

  close() {
    super.close();
    countText(-1);
    clearTimeout(this.reportTimer);
    this.resized.disconnect();
  }
}

function bitAt({ bytes }, bit) {
  return (bytes[bit >> 3] >> (7 - (bit & 7))) & 1;
}
