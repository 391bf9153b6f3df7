package samples;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.lock.NamedLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A read-write lock, a semaphore, and several locks as one. */
public final class Workshop {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Locks locks;

  private Workshop(Locks locks) {
    this.locks = locks;
  }

  /** Runs it all: the address of the cluster. */
  public static void main(String[] args) throws InterruptedException {
    run(args[0]).forEach(System.out::println);
  }

  /** Runs it all, and tells what it has seen. */
  public static List<String> run(String cluster) throws InterruptedException {
    CoordinatorOptions options =
        CoordinatorOptions.defaults().withOwner(Owner.thisProcess("workshop"));
    try (Coordinator coordinator = Coordinator.connect(cluster, options)) {
      Workshop workshop = new Workshop(new Locks(coordinator));
      List<String> seen = new ArrayList<>();
      seen.add(workshop.readTogetherWriteAlone());
      seen.add(workshop.atMostThree());
      seen.add(workshop.bothOrNone());
      return seen;
    }
  }

  private String readTogetherWriteAlone() throws InterruptedException {
    NamedLock prices = locks.lock("prices");
    try (LockGrant one = prices.read().acquire();
        LockGrant other = prices.read().acquire()) {
      boolean together = one.isHeld() && other.isHeld();
      return "read together: " + together + ", written meanwhile: " + isFree(prices.write());
    }
  }

  private String atMostThree() throws InterruptedException {
    NamedLock connections = locks.lock("connections");
    try (LockGrant two = connections.permits(2, 3).acquire();
        LockGrant one = connections.permits(1, 3).acquire()) {
      boolean both = two.isHeld() && one.isHeld();
      return "three permits held: " + both + ", a fourth: " + isFree(connections.permits(1, 3));
    }
  }

  private static boolean isFree(DistributedLock lock) {
    Optional<LockGrant> grant = lock.tryAcquire();
    grant.ifPresent(LockGrant::close);
    return grant.isPresent();
  }

  /** In whatever order others name them, nobody waits in a circle. */
  private String bothOrNone() throws InterruptedException {
    try (LockGrant both =
        locks
            .all(locks.lock("account/1").exclusive(), locks.lock("account/2").exclusive())
            .tryAcquire(PATIENCE)
            .orElseThrow()) {
      return "held as one: " + both.names();
    }
  }
}
