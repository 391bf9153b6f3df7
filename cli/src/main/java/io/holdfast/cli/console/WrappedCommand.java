package io.holdfast.cli.console;

import io.holdfast.spi.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A command that runs while a lock is held, or an instance registered. It has this process's
 * standard streams.
 *
 * <p>Closing it sends SIGTERM to all of its processes, and kills them if one still runs after the
 * grace.
 */
public final class WrappedCommand implements AutoCloseable {

  private final Process process;
  private final Duration grace;

  private WrappedCommand(Process process, Duration grace) {
    this.process = process;
    this.grace = grace;
  }

  /**
   * Starts it.
   *
   * @param command the program and its arguments
   * @param environment what it gets beside our own
   * @param grace from asking it to end until killing it
   * @throws IOException if there is no such program, or it may not be run
   */
  public static WrappedCommand start(
      List<String> command, Map<String, String> environment, Duration grace) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().putAll(environment);
    return new WrappedCommand(builder.start(), grace);
  }

  /** Waits for it, however long it takes: 128 and the signal's number if a signal ended it. */
  public int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  /** True until it has ended. */
  public boolean isRunning() {
    return process.isAlive();
  }

  /** Ends it, and waits until it has ended: the grace and a moment at most. Idempotent. */
  @Override
  public void close() {
    // Taken before any of them ends: an orphan is no longer a descendant.
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroy);
    try {
      if (!process.waitFor(Durations.nanos(grace), TimeUnit.NANOSECONDS)
          || all.stream().anyMatch(ProcessHandle::isAlive)) {
        all.forEach(ProcessHandle::destroyForcibly);
        process.waitFor();
      }
    } catch (InterruptedException e) {
      all.forEach(ProcessHandle::destroyForcibly);
      Thread.currentThread().interrupt();
    }
  }
}
