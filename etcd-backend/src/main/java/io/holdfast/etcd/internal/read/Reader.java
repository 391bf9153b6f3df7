package io.holdfast.etcd.internal.read;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.etcd.internal.session.SessionContext;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * Reads of one session. A read that fails is tried again, on the next server, for as long as one
 * request may take. In the scope.context().
 */
public final class Reader {

  private static final Duration PAUSE = Duration.ofMillis(50);

  private final SessionContext scope;

  public Reader(SessionContext scope) {
    this.scope = scope;
  }

  /**
   * What to read.
   *
   * @param shape limits and range, anything but how fresh
   */
  public record Range(ByteSequence key, UnaryOperator<GetOption.Builder> shape) {

    /** One key without its value. */
    public static Range nameOnly(ByteSequence key) {
      return new Range(key, shape -> shape.withKeysOnly(true));
    }

    /** All that begins with {@code prefix}. */
    public static Range below(ByteSequence prefix) {
      return new Range(prefix, shape -> shape.isPrefix(true));
    }

    /** All that begins with {@code prefix}, without the values. */
    public static Range namesBelow(ByteSequence prefix) {
      return new Range(prefix, shape -> shape.isPrefix(true).withKeysOnly(true));
    }

    public Op op(Freshness freshness) {
      return Op.get(
          key,
          shape
              .apply(GetOption.builder().withSerializable(freshness != Freshness.LINEARIZABLE))
              .build());
    }
  }

  /** How fresh a read has to be. */
  public enum Freshness {
    /** Like {@link Consistency#LINEARIZABLE}. */
    LINEARIZABLE,
    /** Like {@link Consistency#SEQUENTIAL}. */
    SEQUENTIAL,
    /** Whatever the server has. */
    ANY;

    public static Freshness of(Consistency consistency) {
      return consistency == Consistency.LINEARIZABLE ? LINEARIZABLE : SEQUENTIAL;
    }
  }

  /** The ranges' results, all of one revision. */
  public record Result(long revision, List<GetResponse> ranges) {}

  /**
   * Reads some ranges at one revision.
   *
   * @return completes in the context; fails with {@link UnavailableException} or {@link
   *     io.holdfast.coordination.SessionLostException}
   */
  public CompletableFuture<Result> read(Freshness freshness, Range... ranges) {
    CompletableFuture<Result> result = new CompletableFuture<>();
    attempt(
        freshness,
        List.of(ranges),
        scope.context().nanoTime() + Durations.nanos(scope.requestTimeout()),
        result);
    return result;
  }

  private void attempt(
      Freshness freshness, List<Range> ranges, long deadline, CompletableFuture<Result> result) {
    if (scope.life().isLost()) {
      result.completeExceptionally(scope.life().failure());
      return;
    }
    scope
        .connection()
        .read(ranges.stream().map(range -> range.op(freshness)).toList(), timeout(deadline))
        .whenComplete(
            (reply, failure) -> {
              if (failure == null) {
                answered(freshness, ranges, deadline, reply, result);
              } else if (failure instanceof AccessRefusedException
                  || scope.context().nanoTime() + Durations.nanos(PAUSE) - deadline >= 0) {
                result.completeExceptionally(failure);
              } else {
                scope.after(PAUSE, () -> attempt(freshness, ranges, deadline, result));
              }
            });
  }

  /** Half the time allowed, so that one dead server leaves time for another. */
  private Duration timeout(long deadline) {
    long left =
        Math.max(deadline - scope.context().nanoTime(), Durations.nanos(Duration.ofMillis(1)));
    return Duration.ofNanos(Math.min(left, Durations.nanos(scope.requestTimeout()) / 2));
  }

  private void answered(
      Freshness freshness,
      List<Range> ranges,
      long deadline,
      TxnResponse reply,
      CompletableFuture<Result> result) {
    long revision = reply.getHeader().getRevision();
    if (freshness == Freshness.SEQUENTIAL && scope.seen().isAfter(revision)) {
      attempt(Freshness.LINEARIZABLE, ranges, deadline, result);
      return;
    }
    scope.seen().raise(revision);
    result.complete(new Result(revision, reply.getGetResponses()));
  }
}
