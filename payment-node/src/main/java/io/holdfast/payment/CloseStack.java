package io.holdfast.payment;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has been opened, to be closed in reverse. Used by one thread at a time. */
final class CloseStack implements AutoCloseable {

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  <T extends AutoCloseable> T add(T part) {
    opened.push(part);
    return part;
  }

  /** Closes everything, whatever one of them says. */
  @Override
  public void close() {
    Logger log = LoggerFactory.getLogger(CloseStack.class);
    while (!opened.isEmpty()) {
      AutoCloseable part = opened.pop();
      try {
        part.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        log.warn("{} did not close: {}", part.getClass().getSimpleName(), e.getMessage());
      }
    }
  }
}
