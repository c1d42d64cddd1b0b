// A button that copies the address of the page.
const SAID = 2000; // milliseconds

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  button.textContent = data.label;
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = data.copied;
    } catch {
      // No permission, or no secure context: for the person's own Ctrl+C.
      prompt(data.label, location.href);
    }
    setTimeout(() => (button.textContent = data.label), SAID);
  };
}
