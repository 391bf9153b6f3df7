package io.holdfast.testkit.contract;

import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * All that is logged until it is closed; from Holdfast's own classes down to TRACE. Several may be
 * open at once: the level is as it was when the last is closed.
 */
public final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  private static final Logger HOUSE = logback().getLogger("io.holdfast");

  /** How many are open. Guarded by the class, as the next one is. */
  private static int open;

  private static @Nullable Level former;

  private final Logger root = logback().getLogger(Logger.ROOT_LOGGER_NAME);
  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

  /** Begins. */
  public LogCapture() {
    setContext(root.getLoggerContext());
    start();
    root.addAppender(this);
    lowerLevel();
  }

  /**
   * What the loggers are of. While the first logger of the JVM is being made, SLF4J gives
   * substitutes to all other threads; this waits until it no longer does, for seconds at most.
   */
  public static LoggerContext logback() {
    await()
        .pollInSameThread()
        .until(() -> LoggerFactory.getILoggerFactory() instanceof LoggerContext);
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }

  private static synchronized void lowerLevel() {
    if (open++ == 0) {
      former = HOUSE.getLevel();
      HOUSE.setLevel(Level.TRACE);
    }
  }

  private static synchronized void restoreLevel() {
    if (--open == 0) {
      HOUSE.setLevel(former);
    }
  }

  @Override
  protected void append(ILoggingEvent event) {
    events.add(event);
  }

  /** What was logged so far, with loggers, messages and traces. */
  public List<String> lines() {
    return events.stream().map(LogCapture::text).toList();
  }

  private static String text(ILoggingEvent event) {
    return event.getLoggerName()
        + " "
        + event.getFormattedMessage()
        + " "
        + ThrowableProxyUtil.asString(event.getThrowableProxy());
  }

  /** What was logged so far at {@code least} or above it, by a logger below {@code name}. */
  public List<ILoggingEvent> events(String name, Level least) {
    return events.stream()
        .filter(event -> event.getLoggerName().startsWith(name))
        .filter(event -> event.getLevel().isGreaterOrEqual(least))
        .toList();
  }

  /** The messages of {@link #events}. */
  public List<String> messages(String name, Level least) {
    return events(name, least).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Override
  public void close() {
    if (!isStarted()) {
      return;
    }
    restoreLevel();
    root.detachAppender(this);
    stop();
  }
}
