package io.holdfast.chaos.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Notes what one process does, each event as it happens: what was noted survives a kill. Safe for
 * use by many threads.
 *
 * <p>Times are {@link System#nanoTime}, which processes of one machine share where the system's
 * monotonic clock stands behind it, as on Linux.
 */
public final class Recorder implements AutoCloseable {

  private final String process;
  private final AtomicLong count = new AtomicLong();

  /** Guarded by itself. */
  private final Writer out;

  /**
   * Notes to {@code out}, beginning with the header.
   *
   * @param process who; different for every process of one history
   */
  public Recorder(String process, Map<String, String> about, Writer out) {
    this.process = process;
    this.out = out;
    writeLine(HistoryFormat.header(about));
  }

  /** Notes that an operation begins now. */
  public Invocation invoke(String key, String action, Map<String, String> input) {
    return invokeAt(System.nanoTime(), key, action, input);
  }

  /** Notes that an operation began at {@code nanos}, now or before. */
  public Invocation invokeAt(long nanos, String key, String action, Map<String, String> input) {
    Event event =
        new Event(
            Event.Type.INVOKE,
            process + "-" + count.incrementAndGet(),
            nanos,
            process,
            key,
            action,
            input);
    writeLine(HistoryFormat.line(event));
    return new Invocation(event);
  }

  private void writeLine(String line) {
    synchronized (out) {
      try {
        out.write(line + "\n");
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot note what happened", e);
      }
    }
  }

  @Override
  public void close() {
    synchronized (out) {
      try {
        out.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** An operation that has begun. Ended at most once; never, if its outcome is not known. */
  public final class Invocation {

    private final Event event;

    private Invocation(Event event) {
      this.event = event;
    }

    /** It took effect. */
    public void ok(Map<String, String> output) {
      end(Event.Type.OK, output);
    }

    /** It did not take effect and never will. */
    public void fail(String why) {
      end(Event.Type.FAIL, Map.of("why", why));
    }

    /** Nobody knows. */
    public void info(String why) {
      end(Event.Type.INFO, Map.of("why", why));
    }

    private void end(Event.Type type, Map<String, String> values) {
      writeLine(
          HistoryFormat.line(new Event(type, event.id(), System.nanoTime(), "", "", "", values)));
    }
  }
}
