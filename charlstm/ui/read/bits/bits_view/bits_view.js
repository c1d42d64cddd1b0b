// Needs ../../../components/shared/dom.js, requests.js, chart_events.js, streaming_view.js and text.js before it.
//
// The codes of a text, each bit a square, and the text that is decoded. Text is only ever written with textContent.
//
// A message has the characters from `start` on. Where the view has not those before, because the browser skipped a
// message, it reports that it has nothing, and gets all.
const PER_ROW = 144; // squares, at least, where there is room
const BYTE = 8; // bits; a row has whole bytes, so that what repeats in each character stands in columns
const SMALLEST = 3; // pixels of a square

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
    this.same = createElement("span", "same");
    this.other = createElement("span", "other");
    this.region.append(this.same, this.other);
    this.spoken = createSpoken();
    frame.replaceChildren(this.codes, this.region, this.spoken);
    this.fields = [];
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
    this.flipped = message.flipped;
    if (message.fields) this.showFields(message.fields, message.words);
    else this.draw(this.fields.at(-1));
    if (fits) {
      this.version = message.version;
      this.characters.length = message.start;
      this.characters.push(...message.text);
      this.difference = message.difference ?? Infinity;
      if (message.moves !== this.moves) this.selected = message.place;
      this.moves = message.moves;
      this.write();
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
    const selected = this.selected ?? -1;
    for (const [begin, end, kind] of [[0, differs, "same"], [differs, this.shown, "other"]]) {
      if (selected >= begin && selected < end) {
        add(begin, selected, kind);
        add(selected, selected + 1, `${kind} selected`);
        add(selected + 1, end, kind);
      } else add(begin, end, kind);
    }
    const atEnd = this.region.scrollTop + this.region.clientHeight >= this.region.scrollHeight - 4;
    this.region.replaceChildren(...spans);
    if (atEnd && this.selected === null) this.region.scrollTop = this.region.scrollHeight;
  }

  showFields(fields, words) {
    this.fields = fields.map(({ name, count, bits }) => {
      const element = createElement("figure", "code");
      const canvas = createElement("canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", words.field.replace("{name}", () => name).replace("{count}", count));
      const caption = createElement("figcaption");
      caption.append(createElement("span", "", name), createElement("b", "", words.count.replace("{count}", count.toLocaleString("en"))));
      element.append(caption, canvas);
      return { element, canvas, count, bytes: Uint8Array.from(atob(bits), (one) => one.charCodeAt(0)) };
    });
    const coded = this.fields.at(-1);
    coded.canvas.title = words.flip;
    coded.canvas.onclick = (event) => this.flip(coded, event);
    this.codes.replaceChildren(...this.fields.map((field) => field.element));
    this.fields.forEach((field) => this.draw(field));
  }

  // Draws a field of squares: black for 1, white for 0, as the theme has them; the flipped one in colour.
  draw(field) {
    const width = this.codes.clientWidth;
    if (!field || !width) return;
    const { canvas, count, bytes } = field;
    const size = Math.max(SMALLEST, Math.floor(width / PER_ROW));
    field.perRow = BYTE * Math.max(1, Math.floor(width / size / BYTE));
    field.size = size;
    const rows = Math.ceil(count / field.perRow);
    const scale = window.devicePixelRatio || 1;
    field.element.style.width = canvas.style.width = `${field.perRow * size}px`;
    canvas.style.height = `${rows * size}px`;
    canvas.width = field.perRow * size * scale;
    canvas.height = rows * size * scale;
    const context = canvas.getContext("2d");
    const style = getComputedStyle(this.codes);
    context.scale(scale, scale);
    for (let bit = 0; bit < count; bit += 1) {
      const x = (bit % field.perRow) * size;
      const y = Math.floor(bit / field.perRow) * size;
      const one = ((bytes[bit >> 3] >> (7 - (bit & 7))) & 1) === 1;
      context.fillStyle = one ? style.color : style.getPropertyValue("--zero");
      context.fillRect(x, y, size, size);
    }
    if (this.flipped === null || field !== this.fields.at(-1)) return;
    const x = (this.flipped % field.perRow) * size;
    const y = Math.floor(this.flipped / field.perRow) * size;
    context.fillStyle = style.getPropertyValue("--mark");
    context.fillRect(x - size, y - size, 3 * size, 3 * size);
  }

  flip(field, { offsetX, offsetY }) {
    const bit = Math.floor(offsetY / field.size) * field.perRow + Math.floor(offsetX / field.size);
    if (bit < field.count) this.tell({ bit });
  }

  onKeyDown(event) {
    const place = placeByKey(event, this.selected, this.shown);
    if (place !== undefined) this.select(place);
  }

  select(place) {
    if (place === this.selected) return;
    this.selected = place;
    this.write();
    this.region.querySelector(".selected")?.scrollIntoView({ block: "nearest" });
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
