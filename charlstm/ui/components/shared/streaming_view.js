// A view of something that arrives in messages and is shown bit by bit. A subclass has `append(items)`, which
// shows items, and `trigger`, Streamlit's setTriggerValue.
export const ANSWER_TIMEOUT = 2000; // milliseconds

export class StreamingView {
  pending = []; // items that are received and not yet shown
  frameRequest = null;
  requestTimer = null;

  // Asks for everything until it is received: the browser may skip the answer, too.
  requestAll() {
    this.trigger("lost", true);
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
  }
}
