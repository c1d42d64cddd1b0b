// It shows nothing: it brings the sources of all components, for which ./placeholder.js stands on the page.
const sources = (globalThis.charlstmSources ??= { texts: {}, run: {}, waiting: {} });

export default function ({ data }) {
  for (const [name, source] of Object.entries(data)) {
    const text = JSON.stringify(source);
    if (sources.texts[name] === text) continue; // the browser has it from a page before
    sources.texts[name] = text;
    load(name, source);
  }
}

async function load(name, { js, css }) {
  const { default: run } = await import(URL.createObjectURL(new Blob([js], { type: "text/javascript" })));
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  sources.run[name] = (component) => {
    const root = component.parentElement.getRootNode();
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
    return run(component);
  };
  for (const runWaiting of sources.waiting[name] ?? []) runWaiting();
  delete sources.waiting[name];
}
