package io.holdfast.etcd;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.spi.Claim;
import io.holdfast.spi.KeyOrder;
import io.holdfast.spi.Place;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/**
 * The joins of a session: those of one queue one after the other, but for such as want the same.
 * While these wait for their turn, they gather in a {@link JoinBatch}. In the context.
 */
final class Joins {

  private final KeyOrder order;
  private final BiFunction<List<Claim>, List<Key>, JoinBatch> waves;

  /** By queue, the last wave that names it, as long as that can take more. */
  private final Map<Key, JoinBatch> gathering = new HashMap<>();

  Joins(KeyOrder order, BiFunction<List<Claim>, List<Key>, JoinBatch> waves) {
    this.order = order;
    this.waves = waves;
  }

  CompletableFuture<List<Place>> join(List<Claim> claims, List<Key> present, Payload payload) {
    JoinBatch last = gathering.get(claims.get(0).queue());
    if (last != null && last.takes(claims, present) && isLastInAll(last, claims)) {
      return last.add(payload);
    }
    JoinBatch wave = waves.apply(claims, present);
    CompletableFuture<List<Place>> answer = wave.add(payload);
    List<Key> queues = claims.stream().map(Claim::queue).distinct().toList();
    queues.forEach(queue -> gathering.put(queue, wave));
    order.run(
        List.of(),
        queues,
        wave.placed(),
        () -> {
          queues.forEach(queue -> gathering.remove(queue, wave));
          wave.start();
        });
    return answer;
  }

  /** Otherwise whoever is added would go before others that were asked for earlier. */
  private boolean isLastInAll(JoinBatch wave, List<Claim> claims) {
    return claims.stream().allMatch(claim -> gathering.get(claim.queue()) == wave);
  }
}
