package io.holdfast.testkit.contract;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** All that is logged until it is closed; from Holdfast's own classes down to TRACE. */
final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final Logger house = (Logger) LoggerFactory.getLogger("io.holdfast");
  private final @Nullable Level former = house.getLevel();
  private final List<String> lines = new CopyOnWriteArrayList<>();

  LogCapture() {
    setContext(root.getLoggerContext());
    start();
    root.addAppender(this);
    house.setLevel(Level.TRACE);
  }

  @Override
  protected void append(ILoggingEvent event) {
    lines.add(
        event.getLoggerName()
            + " "
            + event.getFormattedMessage()
            + " "
            + ThrowableProxyUtil.asString(event.getThrowableProxy()));
  }

  List<String> lines() {
    return lines;
  }

  @Override
  public void close() {
    house.setLevel(former);
    root.detachAppender(this);
    stop();
  }
}
