// A button that copies the address of the page.
const MESSAGE_TIME = 2000; // milliseconds

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button") ?? document.createElement("button");
  button.type = "button";
  button.textContent = data.label;
  parentElement.querySelector(".link").append(button); // which is never without a name
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = data.copied;
    } catch {
      // No permission, or no secure context: show the address, to be copied with Ctrl+C.
      prompt(data.label, location.href);
    }
    setTimeout(() => (button.textContent = data.label), MESSAGE_TIME);
  };
}
