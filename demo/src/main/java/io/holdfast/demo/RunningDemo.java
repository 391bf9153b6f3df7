package io.holdfast.demo;

import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.FencingToken;
import io.holdfast.payment.ledger.audit.Audit;
import io.holdfast.payment.load.LoadCallers;
import io.holdfast.payment.load.LoadGenerator;
import io.holdfast.payment.load.LoadTarget;
import io.holdfast.payment.load.ScenarioLoad;
import io.holdfast.registry.ServiceView;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** The servers, nodes and clients of a demo that has started. */
record RunningDemo(
    DemoPlan plan,
    DemoCluster cluster,
    LedgerServer ledger,
    AcquirerProcess acquirer,
    DemoCredentials credentials,
    NodeFleet fleet,
    Coordinator coordinator,
    ServiceView view,
    Audit audit,
    LoadTarget target,
    LoadCallers callers,
    LoadGenerator load,
    ScenarioLoad scenarios) {

  /** How often the demo polls. */
  static final Duration POLL_INTERVAL = Duration.ofMillis(50);

  private static final Duration ANSWER = Duration.ofSeconds(5);

  /**
   * Checks that all processes still run.
   *
   * @throws IllegalStateException with the end of its log if one has ended by itself
   */
  void checkAlive() {
    fleet.checkAlive();
    acquirer.checkAlive();
  }

  ShardOwners owners() {
    return ShardOwners.in(view.snapshot());
  }

  /**
   * Waits until every shard has an owner.
   *
   * @throws IllegalStateException if that takes longer than {@code bound}, or a node ends by itself
   */
  void awaitAllOwned(Duration bound) throws InterruptedException {
    if (!await(() -> owners().owned() == plan.shards(), bound)) {
      throw new IllegalStateException(
          "only %d of %d shards have an owner after %d s: %s"
              .formatted(owners().owned(), plan.shards(), bound.toSeconds(), owners()));
    }
  }

  /** Waits, no longer than {@code bound}, until every node has its share. */
  void awaitEvenlyOwned(Duration bound) throws InterruptedException {
    int share = plan.shards() / plan.nodes();
    await(() -> owners().smallestOf(plan.nodes()) >= share, bound);
  }

  private boolean await(BooleanSupplier condition, Duration bound) throws InterruptedException {
    long end = System.nanoTime() + bound.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      checkAlive();
      TimeUnit.NANOSECONDS.sleep(POLL_INTERVAL.toNanos());
    }
    return true;
  }

  /** The tokens under which these shards are held; without those that nobody holds. */
  Map<Integer, FencingToken> tokens(Iterable<Integer> shards) {
    Map<Integer, FencingToken> tokens = new TreeMap<>();
    for (int shard : shards) {
      holder(shard).ifPresent(holder -> tokens.put(shard, holder.token()));
    }
    return tokens;
  }

  private Optional<QueueMember> holder(int shard) {
    try {
      return new LockQueues(coordinator)
          .queue("shard-" + shard).get(ANSWER.toNanos(), TimeUnit.NANOSECONDS).stream().findFirst();
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
