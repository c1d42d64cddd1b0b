// Needs ../shared/dom.js, requests.js, hand_report.js and chart_events.js before it.
//
// A native range input, which keyboards and screen readers know. Each `input` event changes the chart in the browser.
// The server hears of it when the hand rests; while a text is being written, also before. The message's
// `value` is used only when the slider is created: later the browser's value is newer than the server's.

export default function ({ data, parentElement, setStateValue }) {
  const [slider, cleanUp] = viewIn(parentElement, () => createSlider(parentElement.querySelector(".temperature"), data));
  slider.report = (value) => setStateValue("temperature", value);
  slider.hand.writing = Boolean(data.writing);
  if (slider.spoken.textContent !== data.said) slider.spoken.textContent = data.said;
  if (!textAnswers()) noteAnswer();
  slider.hand.hear(Number(data.value));
  if (data.choice) showChoice({ ...data.choice, symbols: data.choice.ids.map((id) => data.choice.alphabet[id]) });
  return cleanUp;
}

function createSlider(root, { lowest, highest, step, value, presets, picture, share }) {
  const label = createElement("label", "name", "Temperature");
  const range = createElement("input");
  const output = createElement("output", "value");
  Object.assign(range, { type: "range", id: "temperature", min: lowest, max: highest, step, value });
  label.htmlFor = "temperature";
  const scale = createElement("div", "scale");
  const ticks = createElement("div", "ticks");
  scale.append(range, ticks);
  const spoken = createSpoken();
  root.replaceChildren(label, scale, output, spoken);

  const slider = { report: null, spoken };
  slider.hand = new HandReport(() => Number(range.value), (chosen) => slider.report(chosen));
  const send = () => slider.hand.send();
  const buttons = presets.map((preset) => {
    const button = createElement("button", "", preset.toFixed(1));
    button.type = "button";
    button.style.left = `${(100 * (preset - lowest)) / (highest - lowest)}%`;
    button.setAttribute("aria-label", `Set the temperature to ${preset.toFixed(1)}`);
    button.onclick = () => set(preset);
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
  const changed = () => {
    show();
    showTemperature(Number(range.value));
    slider.hand.changed();
  };
  const set = (temperature) => {
    range.value = temperature;
    changed();
    send();
  };
  const onSet = (event) => set(event.detail);
  window.addEventListener("charlstm-set-temperature", onSet);
  range.oninput = changed;
  range.onpointerup = send; // the hand has let go
  // What follows uses the new temperature. Where it is outside of the slider's fragment, Streamlit would draw the
  // fragment alone if both came in one moment.
  const sendBeforeOthers = () => textAnswers() && send();
  range.onblur = sendBeforeOthers;
  range.onkeydown = range.onkeyup = (event) => {
    if (event.key.length === 1) sendBeforeOthers();
    forwardKey(event);
  };
  const follow = picture ? followPicture(picture, share, (part) => {
    range.value = lowest + part * (highest - lowest);
    changed();
  }, send) : () => {};
  root.classList.toggle("over-picture", Boolean(picture));
  root.style.setProperty("--share", `${100 * share}%`);
  slider.close = () => {
    slider.hand.close();
    follow();
    window.removeEventListener("charlstm-set-temperature", onSet);
  };
  show();
  showTemperature(Number(value));
  return slider;
}

// Calls `move` with the place on the slider where a chart is clicked or dragged; returns what ends that.
function followPicture(key, share, move, rest) {
  let dragged = null;
  const onMove = (event) => {
    if (!dragged) return;
    const { left, width } = dragged.getBoundingClientRect();
    move(Math.min(Math.max((event.clientX - left) / width / share, 0), 1));
  };
  const onDown = (event) => {
    dragged = event.target.closest?.(`.st-key-${key} svg.marks`) ?? null;
    onMove(event);
  };
  const onUp = () => {
    if (dragged) rest();
    dragged = null;
  };
  const listeners = { pointerdown: onDown, pointermove: onMove, pointerup: onUp };
  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener);
  };
}
