package io.holdfast.chaos.fault;

import io.holdfast.testkit.process.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Short commands of the system. */
final class Shell {

  private static final Duration BOUND = Duration.ofSeconds(30);

  private Shell() {}

  /**
   * Runs a command to its end.
   *
   * @return what it printed
   * @throws IllegalStateException if it fails
   */
  static String run(List<String> command) {
    try {
      return Command.run(
          Path.of(System.getProperty("java.io.tmpdir")),
          System.nanoTime() + BOUND.toNanos(),
          command);
    } catch (IOException e) {
      throw new IllegalStateException(String.join(" ", command) + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted: " + String.join(" ", command), e);
    }
  }

  /** {@link #run} of words that are separated by blanks. */
  static String run(String command) {
    return run(List.of(command.split(" ", -1)));
  }
}
