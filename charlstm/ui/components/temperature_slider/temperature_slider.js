// A native range input (keyboard and screen reader for free) that reports each `input` event,
// at most every PAUSE milliseconds and always the last one. `value` counts only when the slider is
// made: later the hand knows better than the server.
const PAUSE = 60;
const sliders = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  let slider = sliders.get(parentElement);
  if (!slider) {
    slider = build(parentElement.querySelector(".temperature"), data);
    sliders.set(parentElement, slider);
  }
  slider.report = (value) => setStateValue("temperature", value);
  return () => {
    if (parentElement.isConnected) return; // Streamlit also cleans up after a message that another has overtaken
    slider.close();
    sliders.delete(parentElement);
  };
}

function build(root, { lowest, highest, step, value, presets }) {
  const label = element("label", "name", "Temperature");
  const range = element("input");
  const shown = element("output", "value");
  Object.assign(range, { type: "range", id: "temperature", min: lowest, max: highest, step, value });
  label.htmlFor = "temperature";
  const scale = element("div", "scale");
  const ticks = element("div", "ticks");
  scale.append(range, ticks);
  root.replaceChildren(label, scale, shown);

  const slider = { report: null, timer: null, last: 0 };
  const buttons = presets.map((preset) => {
    const button = element("button", "", preset.toFixed(1));
    button.type = "button";
    button.style.left = `${(100 * (preset - lowest)) / (highest - lowest)}%`;
    button.setAttribute("aria-label", `Set the temperature to ${preset.toFixed(1)}`);
    button.onclick = () => {
      range.value = preset;
      changed();
    };
    return button;
  });
  ticks.append(...buttons);

  const show = () => {
    const chosen = Number(range.value);
    shown.textContent = chosen.toFixed(2);
    range.setAttribute("aria-valuetext", chosen.toFixed(2));
    root.style.setProperty("--filled", `${(100 * (chosen - lowest)) / (highest - lowest)}%`);
    buttons.forEach((button, place) =>
      button.setAttribute("aria-pressed", String(Math.abs(presets[place] - chosen) < step / 2)),
    );
  };
  const send = () => {
    slider.timer = null;
    slider.last = performance.now();
    slider.report(Number(range.value));
  };
  const changed = () => {
    show();
    slider.timer ??= setTimeout(send, Math.max(0, PAUSE - (performance.now() - slider.last)));
  };
  range.oninput = changed;
  range.onkeydown = range.onkeyup = passOn;
  slider.close = () => clearTimeout(slider.timer);
  show();
  return slider;
}

// Letters mean nothing to a slider, but the page takes them for typing and keeps its shortcuts still:
// hand them on, so that S stops the writing also after the slider was moved.
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
