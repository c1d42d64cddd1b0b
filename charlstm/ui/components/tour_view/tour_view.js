// Needs ../shared/dom.js and requests.js before it.
//
// The strip of a tour. That a browser has shown it once is remembered in the browser alone; where nothing can be
// remembered, it is no longer shown when the viewer has answered, until the page is loaded again.
const SEEN = "charlstm-tour-seen";
const visit = (globalThis.charlstmTour ??= { invited: !isSeen() });

export default function ({ data, parentElement, setTriggerValue }) {
  const [view, cleanUp] = viewIn(parentElement, () => new Tour(parentElement.querySelector(".tour")));
  view.trigger = setTriggerValue;
  view.receive(data);
  return cleanUp;
}

function isSeen() {
  try {
    return localStorage.getItem(SEEN) !== null;
  } catch {
    return false;
  }
}

function remember() {
  try {
    localStorage.setItem(SEEN, "1");
  } catch {
    // Then `visit` is all there is.
  }
}

class Tour {
  pending = null; // the action that waits until the server has heard of its temperature
  left = false; // whether the viewer has left, which the server may not have heard of

  constructor(section) {
    this.section = section;
    this.count = createElement("span", "count");
    this.before = createElement("span");
    this.control = this.createButton("control", () => this.press("forward"));
    this.after = createElement("span");
    this.back = this.createButton("way back", () => this.press("back"));
    this.out = this.createButton("way out", () => this.leave());
    const sentence = createElement("p");
    sentence.setAttribute("aria-live", "polite");
    sentence.setAttribute("aria-atomic", "true");
    sentence.append(this.count, this.before, this.control, this.after);
    section.replaceChildren(sentence, this.back, this.out);
    // Before a menu hears of it, which is then still open and the only thing that Escape closes.
    this.onKey = (event) => {
      const menus = [...document.querySelectorAll('[data-testid="stPopoverBody"]')];
      const inMenu = menus.some((menu) => menu.checkVisibility());
      if (event.key === "Escape" && !this.section.hidden && !inMenu) this.leave();
    };
    window.addEventListener("keydown", this.onKey, true);
  }

  createButton(className, action) {
    const button = createElement("button", className);
    button.type = "button";
    button.onclick = action;
    return button;
  }

  receive(message) {
    if (message.message_id < this.messageId) return;
    this.messageId = message.message_id;
    if (message.number !== this.number) [this.pending, this.left] = [null, false];
    const told = message.current !== this.current;
    this.number = message.number;
    this.wanted = message.wanted;
    this.current = message.current;
    this.section.setAttribute("aria-label", message.label);
    [this.before.textContent, this.control.textContent, this.after.textContent] = message.sentence;
    this.count.textContent = message.count;
    const backFocused = this.back.getRootNode().activeElement === this.back;
    this.name(this.back, message.back);
    this.name(this.out, message.leave);
    this.show(message.number > 0 ? !this.left : visit.invited);
    if (message.begun || (backFocused && this.back.hidden)) this.control.focus();
    // Another temperature than the one that was waited for is the viewer's own.
    if (this.pending && told && this.waitsFor(this.pending)) this.pending = null;
    if (this.pending && !this.waitsFor(this.pending)) this.ask(this.pending);
  }

  // Of a label of a sign and words, a narrow strip shows the sign alone.
  name(button, label) {
    const [sign, ...words] = label.split(" ");
    if (button.getAttribute("aria-label") === words.join(" ")) return;
    button.replaceChildren(createElement("span", "sign", sign), createElement("span", "words", words.join(" ")));
    button.setAttribute("aria-label", words.join(" "));
  }

  show(shown) {
    if (shown) remember();
    this.section.hidden = !shown;
    this.back.hidden = !this.back.textContent;
    this.section.classList.toggle("invitation", this.number === 0);
    visit.view = this;
    tellPage(shown && (this.number ? "step" : "invitation"));
  }

  // The slider is moved first, and the page goes on when the server has heard of that.
  press(action) {
    visit.invited = false;
    const detail = this.wanted[action];
    if (detail !== null) window.dispatchEvent(new CustomEvent("charlstm-set-temperature", { detail }));
    this.ask(action);
  }

  // Returns whether the server does not have the temperature of an action yet.
  waitsFor(action) {
    const wanted = this.wanted[action] ?? null;
    return wanted !== null && wanted !== this.current;
  }

  leave() {
    visit.invited = false;
    this.left = true;
    this.show(false);
    this.ask("leave");
  }

  ask(action) {
    clearTimeout(this.timer);
    if (isWaiting()) {
      this.timer = setTimeout(() => this.ask(action), RETRY);
      return;
    }
    this.pending = this.waitsFor(action) ? action : null;
    if (this.pending) return;
    noteRequest();
    this.trigger("asked", { action, number: this.number });
  }

  close() {
    clearTimeout(this.timer);
    window.removeEventListener("keydown", this.onKey, true);
    if (visit.view === this) tellPage(false);
  }
}

// The page's style sheet makes room for what is shown.
function tellPage(what) {
  if (what) document.documentElement.dataset.tour = what;
  else delete document.documentElement.dataset.tour;
}
