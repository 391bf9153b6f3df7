package io.holdfast.cli.console;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes resources, the latest first, once: at the end of a command, or when Ctrl-C ends the JVM.
 */
public final class Teardown implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Teardown.class);

  /** Guarded by this. */
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** Guarded by this. */
  private boolean begun;

  private volatile boolean interrupted;

  private final Thread hook = new Thread(this::interrupt, "holdfast-teardown");

  /** With nothing to close yet. */
  public Teardown() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Adds a resource; closes it at once if the end has begun already.
   *
   * @throws IllegalStateException in that case
   */
  public <T extends AutoCloseable> T add(T thing) {
    synchronized (this) {
      if (!begun) {
        open.push(thing);
        return thing;
      }
    }
    undo(thing);
    throw new IllegalStateException("interrupted");
  }

  /** True once Ctrl-C or a signal ends the JVM: later failures are due to that. */
  public boolean wasInterrupted() {
    return interrupted;
  }

  private void interrupt() {
    interrupted = true;
    undo();
  }

  @Override
  public void close() {
    undo();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOG.debug("the JVM is ending already", e);
    }
  }

  private void undo() {
    synchronized (this) {
      begun = true;
    }
    for (AutoCloseable next = poll(); next != null; next = poll()) {
      undo(next);
    }
  }

  private synchronized @Nullable AutoCloseable poll() {
    return open.poll();
  }

  private static void undo(AutoCloseable thing) {
    try {
      thing.close();
    } catch (Exception e) {
      LOG.warn("could not close: {}", e.getMessage(), e);
    }
  }
}
