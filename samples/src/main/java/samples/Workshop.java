package samples;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.DistributedReadWriteLock;
import io.holdfast.lock.DistributedSemaphore;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.lock.MultiGrant;
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
    DistributedReadWriteLock prices = locks.readWrite("prices");
    try (LockGrant one = prices.read().acquire();
        LockGrant other = prices.read().acquire()) {
      boolean together = one.isHeld() && other.isHeld();
      return "read together: " + together + ", written meanwhile: " + isFree(prices.write());
    }
  }

  private String atMostThree() throws InterruptedException {
    DistributedSemaphore connections = locks.semaphore("connections", 3);
    try (LockGrant two = connections.permits(2).acquire();
        LockGrant one = connections.permits(1).acquire()) {
      boolean both = two.isHeld() && one.isHeld();
      return "three permits held: " + both + ", a fourth: " + isFree(connections.permits(1));
    }
  }

  private static boolean isFree(DistributedLock lock) {
    Optional<LockGrant> grant = lock.tryAcquire();
    grant.ifPresent(LockGrant::close);
    return grant.isPresent();
  }

  /** In whatever order others name them, nobody waits in a circle. */
  private String bothOrNone() throws InterruptedException {
    try (MultiGrant both =
        locks
            .all(locks.exclusive("account/1"), locks.exclusive("account/2"))
            .tryAcquire(PATIENCE)
            .orElseThrow()) {
      return "held as one: " + both.names();
    }
  }
}
