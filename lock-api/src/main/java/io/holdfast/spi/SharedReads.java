package io.holdfast.spi;

import io.holdfast.coordination.Key;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * For backends: lets callers that read the same queue at about the same time share one read. While
 * a read of a queue is under way, a new caller waits for the next read, so its answer is never
 * older than its question. So the waiters of one queue, however many, cost one read after the
 * other. Used in the session's context only.
 *
 * @param <A> the type of the answer
 */
public final class SharedReads<A> {

  private final Function<List<Place>, CompletableFuture<A>> look;
  private final Map<Key, Round> underWay = new HashMap<>();

  private record Asked<A>(Place place, CompletableFuture<A> answer) {}

  /** The look under way at one queue, and those who wait for the next. */
  private final class Round {
    private final List<Asked<A>> next = new ArrayList<>();
  }

  /**
   * Looks that are made by {@code look}.
   *
   * @param look is given places of one queue, at least one, and completes in the context
   */
  public SharedReads(Function<List<Place>, CompletableFuture<A>> look) {
    this.look = look;
  }

  /**
   * Looks at a place's queue.
   *
   * @return completes in the context; fails as the look does
   */
  public CompletableFuture<A> ask(Place place) {
    Asked<A> asked = new Asked<>(place, new CompletableFuture<>());
    Round round = underWay.get(place.queue());
    if (round == null) {
      look(place.queue(), List.of(asked));
    } else {
      round.next.add(asked);
    }
    return asked.answer();
  }

  private void look(Key queue, List<Asked<A>> asked) {
    Round round = new Round();
    underWay.put(queue, round);
    ask(asked.stream().map(Asked::place).toList())
        .whenComplete(
            (answer, failure) -> {
              underWay.remove(queue);
              if (!round.next.isEmpty()) {
                look(queue, List.copyOf(round.next));
              }
              asked.forEach(each -> end(each.answer(), answer, failure));
            });
  }

  private static <A> void end(CompletableFuture<A> asked, A answer, @Nullable Throwable failure) {
    if (failure == null) {
      asked.complete(answer);
    } else {
      asked.completeExceptionally(Futures.unwrapped(failure));
    }
  }

  /** A look that throws has failed, too, and must not keep the next from beginning. */
  private CompletableFuture<A> ask(List<Place> places) {
    try {
      return look.apply(places);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
