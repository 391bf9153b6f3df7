package io.holdfast.payment.shard;

import io.holdfast.lock.LockConfig;
import io.holdfast.lock.Locks;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.metrics.Counters;
import io.holdfast.spi.Durations;
import io.holdfast.spi.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Makes the plan true: holds the locks of the shards that this node should own, and only those.
 *
 * <p>One {@link ShardClaim} per shard, all in one serial context. Thread-safe.
 */
public final class ShardOwnership implements AutoCloseable {

  private static final int SEALERS = 4;
  private static final Duration DRAIN = Duration.ofSeconds(5);

  private final EventLoop loop = new EventLoop("payment-shards");
  private final ExecutorService sealers;
  private final List<ShardClaim> claims;

  /**
   * Owns nothing until told to.
   *
   * @param onChange called in the serial context after {@link ShardGates#owned} has changed; must
   *     not block
   */
  public ShardOwnership(
      Locks locks, Ledger ledger, ShardGates gates, Counters counters, Runnable onChange) {
    AtomicInteger numbers = new AtomicInteger();
    sealers =
        Executors.newFixedThreadPool(
            SEALERS,
            task -> {
              Thread thread = new Thread(task, "payment-seal-" + numbers.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    claims =
        IntStream.range(0, gates.total())
            .mapToObj(
                shard ->
                    new ShardClaim(
                        shard,
                        locks.lock("shard-" + shard, LockConfig.unshared()).exclusive(),
                        gates.gate(shard),
                        fence -> CompletableFuture.runAsync(() -> ledger.seal(fence), sealers),
                        () -> ledger.settled(shard),
                        ledger::release,
                        loop,
                        counters,
                        onChange,
                        DRAIN))
            .toList();
  }

  /** Goes for these shards and gives up all others. Returns at once. */
  public void want(Set<Integer> shards) {
    Set<Integer> wanted = Set.copyOf(shards);
    loop.execute(
        () ->
            claims.forEach(
                claim -> {
                  if (wanted.contains(claim.shard())) {
                    claim.want();
                  } else {
                    claim.unwant();
                  }
                }));
  }

  /** Of how many shards this is true now. */
  public int count(ShardState state) {
    return (int) claims.stream().filter(claim -> claim.state() == state).count();
  }

  /** The ledger has refused this fence: whoever goes on with it is wrong. */
  public void fenced(Fence fence) {
    loop.execute(() -> claims.get(fence.shard()).fenced(fence));
  }

  /**
   * Gives up every shard: lets nobody in, waits for those inside, releases the locks.
   *
   * @return completes when the cluster knows, or at the latest when the bound has passed
   */
  public CompletableFuture<Void> releaseAll(Duration bound) {
    want(Set.of());
    CompletableFuture<?>[] idle =
        claims.stream()
            .map(
                claim -> {
                  CompletableFuture<Void> done = new CompletableFuture<>();
                  loop.execute(() -> claim.whenIdle(done));
                  return done;
                })
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(idle)
        .completeOnTimeout(null, Durations.nanos(bound), TimeUnit.NANOSECONDS);
  }

  /** Ends the threads. What is still held goes with the session. */
  @Override
  public void close() {
    loop.close();
    sealers.shutdownNow();
  }
}
