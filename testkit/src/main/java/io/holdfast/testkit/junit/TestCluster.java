package io.holdfast.testkit.junit;

import io.holdfast.admin.LockQueues;
import io.holdfast.admin.QueueMember;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.election.Elections;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registry;
import io.holdfast.spi.Consistency;
import io.holdfast.testkit.memory.Faults;
import io.holdfast.testkit.memory.MemoryCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The cluster of one test. Safe for use by many threads. */
public final class TestCluster {

  private static final long PATIENCE_SECONDS = 10;

  private final String name = "test-" + UUID.randomUUID();
  private final CoordinatorOptions options;

  /** Guarded by itself. */
  private final List<Coordinator> given = new ArrayList<>();

  TestCluster(String owner) {
    this.options =
        CoordinatorOptions.defaults()
            .withOwner(Owner.thisProcess(owner))
            .withRequestTimeout(Duration.ofSeconds(1));
  }

  /** Its address, for what connects by itself: {@code memory://...}. */
  public String uri() {
    return "memory://" + name + "/test";
  }

  /** One client more, as a process of its own would be; closed when the test has ended. */
  public Coordinator connect() {
    Coordinator coordinator = Coordinator.connect(uri(), options);
    synchronized (given) {
      given.add(coordinator);
    }
    return coordinator;
  }

  /** From now on no client hears from the cluster, and the cluster from none. */
  public void beginOutage() {
    memory().faults((client, message) -> Faults.Fate.LOST);
  }

  /** Ends {@link #beginOutage}. */
  public void endOutage() {
    memory().faults(Faults.NONE);
  }

  /** The cluster itself, for other faults. */
  public MemoryCluster memory() {
    return MemoryCluster.named(name);
  }

  /** Ends it; gives what was left open, in words. */
  List<String> close() {
    endOutage();
    try (Coordinator inspector = Coordinator.connect(uri(), options);
        Registry registry = new Registry(inspector)) {
      List<String> left = new ArrayList<>();
      LockQueues queues = new LockQueues(inspector);
      for (String lock : done(queues.names())) {
        add(left, "lock '" + lock + "'", done(queues.queue(lock)));
      }
      Elections elections = new Elections(inspector);
      for (String election : done(elections.names())) {
        add(left, "election '" + election + "'", done(elections.candidates(election)));
      }
      for (String service : done(registry.services())) {
        for (RegisteredInstance there : done(registry.list(service)).instances()) {
          left.add("instance " + service + "/" + there.id() + " is registered");
        }
      }
      closeGiven();
      long others = sessions(inspector).stream().filter(id -> !isOf(id, inspector)).count();
      if (others > 0) {
        left.add(others + (others == 1 ? " coordinator" : " coordinators") + " of its own");
      }
      return left;
    } finally {
      closeGiven();
      memory().close();
    }
  }

  private void closeGiven() {
    synchronized (given) {
      given.forEach(Coordinator::close);
    }
  }

  private static void add(List<String> left, String what, List<QueueMember> queue) {
    Function<QueueMember, String> does =
        member -> member.role() == QueueMember.Role.HOLDER ? " is held by " : " is wanted by ";
    queue.forEach(member -> left.add(what + does.apply(member) + member));
  }

  private static List<String> sessions(Coordinator inspector) {
    return done(
        inspector
            .session()
            .thenCompose(session -> session.names(Key.of("sessions"), Consistency.LINEARIZABLE)));
  }

  private static boolean isOf(String session, Coordinator coordinator) {
    return coordinator.current().filter(now -> now.id().equals(session)).isPresent();
  }

  private static <T> T done(CompletableFuture<T> future) {
    return future.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }
}
