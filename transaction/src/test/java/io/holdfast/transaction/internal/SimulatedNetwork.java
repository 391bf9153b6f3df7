package io.holdfast.transaction.internal;

import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Context;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Messages that are lost, late or delivered twice, as the random numbers have it. */
public final class SimulatedNetwork {

  /** How late a late message may be. */
  public static final int LATEST_MILLIS = 4_000;

  private static final Duration REQUEST_TIMEOUT = Duration.ofMillis(700);

  private final Random random;
  private final int lossPercent;
  private final int latePercent;
  private boolean faulty = true;

  /** With as much trouble as is drawn. */
  public SimulatedNetwork(Random random) {
    this.random = random;
    this.lossPercent = random.nextInt(10);
    this.latePercent = random.nextInt(8);
  }

  /** No message from now on is lost, late or delivered twice. */
  public void heal() {
    faulty = false;
  }

  /** Asks a server something, and gives up after a while; the server may do it all the same. */
  public <T> CompletableFuture<T> request(
      Context from, BooleanSupplier cut, Context to, Supplier<Optional<T>> work) {
    CompletableFuture<T> reply = new CompletableFuture<>();
    Runnable giveUp =
        from.schedule(
            REQUEST_TIMEOUT,
            () -> reply.completeExceptionally(new UnavailableException("no answer")));
    Runnable delivery =
        () -> {
          Runnable answer;
          try {
            Optional<T> result = work.get();
            answer = () -> reply.complete(result.orElse(null));
          } catch (RuntimeException e) {
            answer = () -> reply.completeExceptionally(e);
          }
          Runnable answered = answer;
          send(
              cut,
              from,
              () -> {
                giveUp.run();
                answered.run();
              });
        };
    send(cut, to, delivery);
    if (faulty && random.nextInt(100) < 5) {
      send(cut, to, delivery);
    }
    return reply;
  }

  /** One message. */
  public void send(BooleanSupplier cut, Context to, Runnable delivery) {
    if (cut.getAsBoolean() || (faulty && random.nextInt(100) < lossPercent)) {
      return;
    }
    int longest = faulty && random.nextInt(100) < latePercent ? LATEST_MILLIS : 40;
    to.schedule(Duration.ofMillis(random.nextInt(longest)), delivery);
  }
}
