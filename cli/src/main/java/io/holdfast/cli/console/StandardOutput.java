package io.holdfast.cli.console;

import java.io.Console;
import java.io.FileDescriptor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the operating system whether standard output still has a reader. A program that only waits
 * would otherwise notice at its next line, which may never come.
 *
 * <p>Java has no API for that. We call the JDK's internal {@code poll}, which the command's
 * manifest opens to us. Without it, a broken pipe shows at the next line.
 */
final class StandardOutput {

  private static final Logger LOG = LoggerFactory.getLogger(StandardOutput.class);

  /** POLLERR, and POLLNVAL of a descriptor that is closed; the same on Linux, macOS and BSD. */
  private static final int BROKEN = 0x08 | 0x20;

  private static final @Nullable Method POLL = poll();

  private StandardOutput() {}

  private static @Nullable Method poll() {
    try {
      Method poll =
          Class.forName("sun.nio.ch.Net")
              .getDeclaredMethod("poll", FileDescriptor.class, int.class, long.class);
      poll.setAccessible(true);
      return poll;
    } catch (ReflectiveOperationException | InaccessibleObjectException | LinkageError e) {
      LOG.debug("a closed standard output will be noticed late", e);
      return null;
    }
  }

  /** True if a person at a terminal has started the command and sees what it prints. */
  @SuppressWarnings("SystemConsoleNull") // It is, up to Java 21.
  static boolean isTerminal() {
    Console console = System.console();
    if (console == null || "dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      // From Java 22 on there is a console without a terminal.
      return Console.class.getMethod("isTerminal").invoke(console) instanceof Boolean is && is;
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  /** True if what is written would be lost; false if that is not known. */
  static boolean isBroken() {
    if (POLL == null) {
      return false;
    }
    try {
      return POLL.invoke(null, FileDescriptor.out, 0, 0L) instanceof Integer events
          && (events & BROKEN) != 0;
    } catch (ReflectiveOperationException | LinkageError e) {
      LOG.debug("cannot look at standard output", e);
      return false;
    }
  }
}
