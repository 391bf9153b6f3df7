package io.holdfast.testkit.memory;

import io.holdfast.spi.Context;
import io.holdfast.testkit.memory.Faults.Direction;
import io.holdfast.testkit.memory.Faults.Fate;
import io.holdfast.testkit.memory.Faults.Message;
import java.time.Duration;
import java.util.function.Function;

/**
 * One session's connection to the cluster: in order both ways, as TCP is, and lossy as told.
 *
 * <p>A lost message is reported to nobody at once: the client's request time-out finds it, or, for
 * a message that the cluster sends by itself, {@code broken} is called, as a reset would show.
 */
final class MemoryLink {

  /** What came of a request. */
  sealed interface Reply<T> {}

  /** Answered. */
  record Answer<T>(T value) implements Reply<T> {}

  /** Refused by the cluster, with no effect. */
  record Refusal<T>(RuntimeException reason) implements Reply<T> {}

  /** No answer in time: it may or may not have taken effect. */
  record Silence<T>() implements Reply<T> {}

  private final MemoryCluster cluster;
  private final String client;
  private final Context context;
  private final Duration requestTimeout;
  private final Runnable broken;
  private volatile String session = "";

  /** When the last message arrives, each way. Guarded by this. */
  private long requestArrives = Long.MIN_VALUE;

  private long replyArrives = Long.MIN_VALUE;

  MemoryLink(
      MemoryCluster cluster,
      String client,
      Context context,
      Duration requestTimeout,
      Runnable broken) {
    this.cluster = cluster;
    this.client = client;
    this.context = context;
    this.requestTimeout = requestTimeout;
    this.broken = broken;
  }

  void session(String id) {
    session = id;
  }

  boolean serves(String id) {
    return session.equals(id);
  }

  /**
   * Has {@code work} done in the cluster's context, and {@code then} told of it in the client's.
   */
  <T> void request(String operation, Function<MemoryCluster, T> work, Replied<T> then) {
    Exchange<T> exchange = new Exchange<>(then);
    Runnable giveUp = context.schedule(requestTimeout, () -> exchange.end(new Silence<>()));
    Fate fate = cluster.fate(client, new Message(operation, Direction.REQUEST));
    if (fate.lost()) {
      return;
    }
    cluster
        .context()
        .schedule(
            untilRequest(fate.delay()),
            () -> {
              cluster.heardOf(session);
              Reply<T> reply = attempt(work);
              send(
                  operation,
                  () -> {
                    giveUp.run();
                    exchange.end(reply);
                  },
                  () -> {});
            });
  }

  private <T> Reply<T> attempt(Function<MemoryCluster, T> work) {
    try {
      return new Answer<>(work.apply(cluster));
    } catch (RuntimeException e) {
      return new Refusal<>(e);
    }
  }

  /** Sends something that was not asked for. Called in the cluster's context. */
  void push(String operation, Runnable delivery) {
    send(operation, delivery, () -> context.execute(broken));
  }

  private void send(String operation, Runnable delivery, Runnable ifLost) {
    Fate fate = cluster.fate(client, new Message(operation, Direction.REPLY));
    if (fate.lost()) {
      ifLost.run();
    } else {
      context.schedule(untilReply(fate.delay()), delivery);
    }
  }

  private synchronized Duration untilRequest(Duration delay) {
    long now = cluster.context().nanoTime();
    requestArrives = Math.max(now + delay.toNanos(), requestArrives);
    return Duration.ofNanos(requestArrives - now);
  }

  private synchronized Duration untilReply(Duration delay) {
    long now = context.nanoTime();
    replyArrives = Math.max(now + delay.toNanos(), replyArrives);
    return Duration.ofNanos(replyArrives - now);
  }

  /** Told once. */
  @FunctionalInterface
  interface Replied<T> {
    void accept(Reply<T> reply);
  }

  /** Used in the client's context only. */
  private static final class Exchange<T> {
    private final Replied<T> then;
    private boolean over;

    Exchange(Replied<T> then) {
      this.then = then;
    }

    void end(Reply<T> reply) {
      if (!over) {
        over = true;
        then.accept(reply);
      }
    }
  }
}
