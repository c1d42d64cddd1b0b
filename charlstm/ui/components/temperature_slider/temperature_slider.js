// Needs ../shared/dom.js before it.
//
// A native range input, which keyboards and screen readers know. It reports each `input` event, at most
// once in REPORT_PAUSE, and always the last one. The message's `value` is used only when the slider is
// created: later the browser's value is newer than the server's.
const REPORT_PAUSE = 60; // milliseconds

export default function ({ data, parentElement, setStateValue }) {
  const [slider, cleanUp] = viewIn(parentElement, () => createSlider(parentElement.querySelector(".temperature"), data));
  slider.report = (value) => setStateValue("temperature", value);
  return cleanUp;
}

function createSlider(root, { lowest, highest, step, value, presets }) {
  const label = createElement("label", "name", "Temperature");
  const range = createElement("input");
  const output = createElement("output", "value");
  Object.assign(range, { type: "range", id: "temperature", min: lowest, max: highest, step, value });
  label.htmlFor = "temperature";
  const scale = createElement("div", "scale");
  const ticks = createElement("div", "ticks");
  scale.append(range, ticks);
  root.replaceChildren(label, scale, output);

  const slider = { report: null, timer: null, sentAt: 0 };
  const buttons = presets.map((preset) => {
    const button = createElement("button", "", preset.toFixed(1));
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
    output.textContent = chosen.toFixed(2);
    range.setAttribute("aria-valuetext", chosen.toFixed(2));
    root.style.setProperty("--filled", `${(100 * (chosen - lowest)) / (highest - lowest)}%`);
    buttons.forEach((button, index) =>
      button.setAttribute("aria-pressed", String(Math.abs(presets[index] - chosen) < step / 2)),
    );
  };
  const send = () => {
    slider.timer = null;
    slider.sentAt = performance.now();
    slider.report(Number(range.value));
  };
  const changed = () => {
    show();
    slider.timer ??= setTimeout(send, Math.max(0, REPORT_PAUSE - (performance.now() - slider.sentAt)));
  };
  range.oninput = changed;
  range.onkeydown = range.onkeyup = forwardKey;
  slider.close = () => clearTimeout(slider.timer);
  show();
  return slider;
}
