package io.holdfast.cli.demo;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to be undone, the last first: at the end of the demo, or when Ctrl-C ends the JVM, once.
 */
final class Teardown implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Teardown.class);

  /** Guarded by this. */
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** Guarded by this. */
  private boolean begun;

  private final Thread hook = new Thread(this::undo, "holdfast-demo-teardown");

  Teardown() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Adds one thing; undoes it at once if the end has begun already. */
  <T extends AutoCloseable> T add(T thing) {
    synchronized (this) {
      if (!begun) {
        open.push(thing);
        return thing;
      }
    }
    undo(thing);
    throw new IllegalStateException("interrupted");
  }

  /** True once the end has begun: what fails from then on, fails because of it. */
  synchronized boolean hasBegun() {
    return begun;
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

  private synchronized @org.jspecify.annotations.Nullable AutoCloseable poll() {
    return open.poll();
  }

  private static void undo(AutoCloseable thing) {
    try {
      thing.close();
    } catch (Exception e) {
      LOG.warn("could not tidy up: {}", e.getMessage(), e);
    }
  }
}
