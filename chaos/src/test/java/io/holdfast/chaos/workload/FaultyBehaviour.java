package io.holdfast.chaos.workload;

import io.holdfast.coordination.Revision;
import io.holdfast.election.Leader;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.registry.DrainResult;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registration;
import io.holdfast.registry.ServiceSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Ways to use the library, or to be it, that are wrong. Each is of one client. */
final class FaultyBehaviour {

  private FaultyBehaviour() {}

  private static ServiceSnapshot with(
      ServiceSnapshot snapshot, List<RegisteredInstance> instances) {
    return new ServiceSnapshot(
        snapshot.service(), snapshot.revision(), snapshot.freshness(), instances, snapshot.asOf());
  }

  /** One result for each snapshot, so that the same one is not taken for a change. */
  private static final class Once {
    private @Nullable ServiceSnapshot of;
    private @Nullable ServiceSnapshot result;

    @SuppressWarnings("ReferenceEquality") // as views are compared by those who look at them
    synchronized ServiceSnapshot get(
        ServiceSnapshot snapshot, UnaryOperator<ServiceSnapshot> change) {
      ServiceSnapshot known = result;
      if (known == null || of != snapshot) {
        known = change.apply(snapshot);
        of = snapshot;
        result = known;
      }
      return known;
    }
  }

  static final class DeafObserver extends ClientBehaviour {
    private @Nullable Leader first;

    @Override
    synchronized Optional<Leader> told(Optional<Leader> leader) {
      if (first == null) {
        first = leader.orElse(null);
      }
      return Optional.ofNullable(first);
    }
  }

  static final class LateObserver extends ClientBehaviour {
    private Optional<Leader> before = Optional.empty();

    @Override
    synchronized Optional<Leader> told(Optional<Leader> leader) {
      boolean old = before.isPresent() && ThreadLocalRandom.current().nextInt(4) == 0;
      Optional<Leader> said = old ? before : leader;
      if (before.isEmpty() || ThreadLocalRandom.current().nextInt(4) == 0) {
        before = leader;
      }
      return said;
    }
  }

  static final class Selfish extends ClientBehaviour {
    @Override
    LockConfig lineOptions() {
      return super.lineOptions().withHandOver(LockConfig.MAX_HAND_OVERS, Duration.ofMinutes(1));
    }
  }

  static final class Hesitant extends ClientBehaviour {
    @Override
    CompletableFuture<LockGrant> queue(DistributedLock line) {
      int wait = ThreadLocalRandom.current().nextInt(50);
      return CompletableFuture.runAsync(
              () -> {}, CompletableFuture.delayedExecutor(wait, TimeUnit.MILLISECONDS))
          .thenCompose(done -> super.queue(line));
    }
  }

  static final class EmptyOnError extends ClientBehaviour {
    private final Once once = new Once();

    @Override
    ServiceSnapshot shown(ServiceSnapshot snapshot) {
      return once.get(
          snapshot, shown -> shown.freshness() == Freshness.STALE ? with(shown, List.of()) : shown);
    }
  }

  static final class Backwards extends ClientBehaviour {
    private final Once once = new Once();
    private int count;

    @Override
    ServiceSnapshot shown(ServiceSnapshot snapshot) {
      return once.get(
          snapshot,
          shown ->
              ++count % 8 == 0
                  ? new ServiceSnapshot(
                      shown.service(), Revision.NONE, shown.freshness(), shown.instances())
                  : shown);
    }
  }

  static final class Frozen extends ClientBehaviour {
    private static final int ENOUGH = 2;

    private @Nullable ServiceSnapshot kept;

    @Override
    synchronized ServiceSnapshot shown(ServiceSnapshot snapshot) {
      if (kept == null && snapshot.instances().size() >= ENOUGH) {
        kept = snapshot;
      }
      return kept == null ? snapshot : kept;
    }
  }

  static final class KeepsTheGone extends ClientBehaviour {
    private final Map<String, RegisteredInstance> all = new LinkedHashMap<>();
    private final Once once = new Once();

    @Override
    synchronized ServiceSnapshot shown(ServiceSnapshot snapshot) {
      snapshot.instances().forEach(one -> all.putIfAbsent(one.id(), one));
      return once.get(snapshot, shown -> with(shown, List.copyOf(all.values())));
    }
  }

  /** The last of three clients is not shown to anybody. */
  static final class OverlooksOne extends ClientBehaviour {
    private final Once once = new Once();

    @Override
    ServiceSnapshot shown(ServiceSnapshot snapshot) {
      return once.get(
          snapshot,
          shown -> with(shown, shown.where(instance -> !instance.id().equals("c2-base"))));
    }
  }

  static final class StaysRegistered extends ClientBehaviour {
    @Override
    CompletableFuture<Void> leave(Registration registration) {
      return CompletableFuture.completedFuture(null);
    }
  }

  static final class ImpatientDrain extends ClientBehaviour {
    @Override
    CompletableFuture<DrainResult> drain(Registration registration, Duration bound) {
      return registration
          .updateStatus(InstanceStatus.DRAINING)
          .thenApply(
              done ->
                  new DrainResult(
                      registration.instance().service(),
                      registration.instance().id(),
                      Revision.NONE,
                      List.of(),
                      List.of(),
                      Duration.ZERO));
    }
  }

  static final class ChoosesAnyStatus extends ClientBehaviour {
    private final Once once = new Once();

    @Override
    ServiceSnapshot chosenFrom(ServiceSnapshot snapshot) {
      return once.get(
          snapshot,
          shown -> {
            List<RegisteredInstance> up = new ArrayList<>();
            shown
                .instances()
                .forEach(
                    one ->
                        up.add(
                            new RegisteredInstance(
                                one.instance().withStatus(InstanceStatus.UP), one.epoch())));
            return with(shown, up);
          });
    }
  }

  static final class ChoosesFromTheFirstView extends ClientBehaviour {
    private final Frozen frozen = new Frozen();

    @Override
    ServiceSnapshot chosenFrom(ServiceSnapshot snapshot) {
      return frozen.shown(snapshot);
    }
  }

  static final class NeverChoosesOne extends ClientBehaviour {
    private final OverlooksOne overlooks = new OverlooksOne();

    @Override
    ServiceSnapshot chosenFrom(ServiceSnapshot snapshot) {
      return overlooks.shown(snapshot);
    }
  }

  static final class NeverEjects extends ClientBehaviour {
    @Override
    Policy policy() {
      return Policy.roundRobin();
    }
  }
}
