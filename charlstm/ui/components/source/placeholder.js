// Stands for the component NAME in each message to it, and runs its source, which ./source.js brings once.
const sources = (globalThis.charlstmSources ??= { texts: {}, run: {}, waiting: {} });

export default function (component) {
  let cleanUp = null;
  let isReplaced = false;
  const run = () => {
    if (!isReplaced) cleanUp = sources.run.NAME(component);
  };
  if (sources.run.NAME) run();
  else (sources.waiting.NAME ??= []).push(run);
  return () => {
    isReplaced = true;
    cleanUp?.();
  };
}
