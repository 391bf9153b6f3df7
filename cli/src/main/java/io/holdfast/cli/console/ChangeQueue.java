package io.holdfast.cli.console;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/**
 * The changes that a watching command has seen and not printed yet.
 *
 * @param <T> a change
 */
public final class ChangeQueue<T> {

  /** The option {@code --count}: when a watching command ends. */
  public static final class Limit {
    @Option(
        names = "--count",
        paramLabel = "N",
        defaultValue = "0",
        description = "end after N changes (default: go on until Ctrl-C)")
    private int count;

    /**
     * Checks what was given.
     *
     * @throws IllegalArgumentException if it makes no sense
     */
    public void check() {
      if (count < 0) {
        throw new IllegalArgumentException("--count is at least 1, or left out");
      }
    }
  }

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final BlockingQueue<T> seen = new LinkedBlockingQueue<>();

  /** Adds a change. Does not block. */
  public void add(T one) {
    seen.add(one);
  }

  /**
   * Prints each change as it comes, in the caller's thread, until the limit.
   *
   * @param output checked each second while there is nothing to print
   * @throws InterruptedException if interrupted
   * @throws OutputClosedException if standard output has no reader any more
   */
  public void forEach(Limit limit, Output output, Consumer<? super T> printer)
      throws InterruptedException {
    limit.check();
    for (int printed = 0; limit.count == 0 || printed < limit.count; printed++) {
      printer.accept(next(output));
    }
  }

  private T next(Output output) throws InterruptedException {
    while (true) {
      T next = seen.poll(LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS);
      if (next != null) {
        return next;
      }
      output.check();
    }
  }
}
