// Needs ./requests.js and ./chart_events.js before it.
//
// A view of something that arrives in messages and is shown bit by bit. A subclass has `append(items)`, which
// shows items, and `trigger`, Streamlit's setTriggerValue.
export const ANSWER_TIMEOUT = 2000; // milliseconds

export class StreamingView {
  pending = []; // items that are received and not yet shown
  frameRequest = null;
  requestTimer = null;
  askTimer = null;
  frames = []; // choices that the chart will show when their characters are shown
  streaming = false;

  // Notes that a message has come. While more is to come, the next one is asked for at the least `tick` seconds
  // after the last was, and not before that one has come.
  awaitNext(goesOn, tick) {
    noteAnswer();
    clearTimeout(this.askTimer);
    const ask = () => {
      if (isWaiting()) {
        this.askTimer = setTimeout(ask, RETRY);
        return;
      }
      noteRequest();
      this.trigger("ask", true);
      this.askTimer = setTimeout(ask, ANSWER_TIMEOUT); // the answer may be lost
    };
    if (goesOn) this.askTimer = setTimeout(ask, Math.max(0, tick * 1000 - (performance.now() - lastRequest())));
  }

  // The time over which the pending items appear: at their speed, or evenly slower where answers take longer.
  duration({ running, rate, tick }) {
    if (!running) return 0;
    const slowest = roundTrip() > tick * 1000 ? roundTrip() : 0;
    return Math.max(rate ? (this.pending.length / rate) * 1000 : tick * 1000, slowest);
  }

  // Asks for everything until it is received: the browser may skip the answer, too.
  requestAll() {
    if (!isLeaving()) this.trigger("lost", true);
    this.requestTimer = setTimeout(() => this.requestAll(), ANSWER_TIMEOUT);
  }

  // Returns whether a message follows what is received; if not, everything is asked for.
  follows(run, start) {
    if (run !== this.run || start > this.shown + this.pending.length) {
      if (!this.requestTimer) this.requestAll();
      return false;
    }
    clearTimeout(this.requestTimer);
    this.requestTimer = null;
    return true;
  }

  // Takes the choices of a message for the chart; `end` is how many characters are received.
  receiveChoices({ alphabet, frames, streaming }, end) {
    const spell = (one) => ({ ...one, symbols: one.ids.map((id) => alphabet[id]) });
    const spelled = frames.map((one) => (one.columns ? { ...one, columns: one.columns.map(spell) } : spell(one)));
    const waiting = streaming ? this.frames.filter((one) => one.position < end) : [];
    this.frames = [...waiting, ...spelled];
    this.streaming = streaming;
    if (!streaming) this.showDueChoice();
  }

  // Shows the choice of the last character that is on the page, or the only one.
  showDueChoice() {
    const due = this.streaming ? this.frames.filter((one) => one.position < this.shown) : this.frames;
    if (!due.length) return;
    this.frames = this.frames.slice(due.length);
    showChoice(due.at(-1));
  }

  // Shows the pending items evenly over `duration` milliseconds.
  reveal(duration) {
    cancelAnimationFrame(this.frameRequest);
    const all = this.pending.length;
    const began = performance.now();
    const show = (now) => {
      const due = duration > 0 && !document.hidden ? Math.ceil((all * (now - began)) / duration) : all;
      const count = due - (all - this.pending.length);
      if (count > 0) this.append(this.pending.splice(0, count));
      if (this.pending.length) this.frameRequest = requestAnimationFrame(show);
    };
    show(began);
  }

  close() {
    cancelAnimationFrame(this.frameRequest);
    clearTimeout(this.requestTimer);
    clearTimeout(this.askTimer);
  }
}
