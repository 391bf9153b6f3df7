package io.holdfast.etcd.internal.queue;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.etcd.internal.read.Reader;
import io.holdfast.etcd.internal.session.Presence;
import io.holdfast.etcd.internal.session.SessionContext;
import io.holdfast.etcd.internal.write.GuardedWriter;
import io.holdfast.spi.Claim;
import io.holdfast.spi.KeyOrder;
import io.holdfast.spi.Place;
import io.holdfast.spi.QueueWaits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The joins of a session: those of one queue one after the other, but for such as want the same.
 * While these wait for their turn, they gather in a {@link JoinBatch}. In the context.
 */
public final class Joins {

  private final KeyOrder order;
  private final SessionContext scope;
  private final GuardedWriter writer;
  private final Presence presence;
  private final Reader reader;
  private final Queues queues;
  private final QueueWaits waits;

  /** By queue, the last wave that names it, as long as that can take more. */
  private final Map<Key, JoinBatch> gathering = new HashMap<>();

  public Joins(
      KeyOrder order,
      SessionContext scope,
      GuardedWriter writer,
      Presence presence,
      Reader reader,
      Queues queues,
      QueueWaits waits) {
    this.order = order;
    this.scope = scope;
    this.writer = writer;
    this.presence = presence;
    this.reader = reader;
    this.queues = queues;
    this.waits = waits;
  }

  /**
   * Checks what can be joined at once.
   *
   * @throws IllegalArgumentException if a claim is named twice, or there are too many
   */
  public static void check(List<Claim> claims) {
    if (claims.stream().distinct().count() < claims.size()) {
      throw new IllegalArgumentException(
          "a join names a queue at most once in each mode: " + claims);
    }
    if (claims.size() > Join.MOST_QUEUES) {
      throw new IllegalArgumentException(
          "etcd takes at most " + Join.MOST_QUEUES + " places in a join");
    }
  }

  /** Takes a place in the queue of each claim, if all of {@code present} are there. */
  public CompletableFuture<List<Place>> join(
      List<Claim> claims, List<Key> present, Payload payload) {
    JoinBatch last = gathering.get(claims.get(0).queue());
    if (last != null && last.takes(claims, present) && isLastInAll(last, claims)) {
      return last.add(payload);
    }
    JoinBatch wave =
        new JoinBatch(scope, writer, presence, queues, waits, this::newJoin, claims, present);
    CompletableFuture<List<Place>> answer = wave.add(payload);
    List<Key> joined = claims.stream().map(Claim::queue).distinct().toList();
    joined.forEach(queue -> gathering.put(queue, wave));
    order.run(
        List.of(),
        joined,
        wave.placed(),
        () -> {
          joined.forEach(queue -> gathering.remove(queue, wave));
          wave.start();
        });
    return answer;
  }

  private Join newJoin(
      List<Claim> claims, List<Key> present, Payload payload, List<Integer> limits) {
    return new Join(scope, writer, presence, reader, queues, claims, present, payload, limits);
  }

  /** Otherwise whoever is added would go before others that were asked for earlier. */
  private boolean isLastInAll(JoinBatch wave, List<Claim> claims) {
    return claims.stream().allMatch(claim -> gathering.get(claim.queue()) == wave);
  }
}
