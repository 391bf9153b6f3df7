package io.holdfast.cli.console;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/**
 * What a command that watches has seen and not printed yet.
 *
 * @param <T> what it sees
 */
public final class ChangeQueue<T> {

  /** For how long a command watches. */
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

  /** Notes one. Does not block. */
  public void add(T one) {
    seen.add(one);
  }

  /**
   * Hands on one after the other as they come, in the caller's thread.
   *
   * @param output looked at while there is nothing to print
   * @throws InterruptedException if interrupted
   * @throws OutputClosedException if nobody reads them any more
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
