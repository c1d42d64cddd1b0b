// The entropy of each choice along a text, as a small picture under its scrubber.
const TALLEST = 24; // quarters of a bit at the top of the picture

// Draws a bar for each digit of base 36; open choices have a stronger colour, the selected one is marked.
export function drawCurve(canvas, digits, open, selected) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = globalThis.devicePixelRatio || 1;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const pen = canvas.getContext("2d");
  if (!pen || !digits.length) return;
  const style = getComputedStyle(canvas);
  const step = canvas.width / digits.length;
  for (let place = 0; place < digits.length; place += 1) {
    const value = Number.parseInt(digits[place], 36);
    const tall = Math.max(1, (canvas.height * Math.min(value, TALLEST)) / TALLEST);
    pen.fillStyle = style.getPropertyValue(place === selected ? "--selected" : value >= open ? "--open" : "--closed");
    pen.fillRect(place * step, canvas.height - tall, Math.max(step - (step > 3 ? 1 : 0), 1), tall);
  }
}
